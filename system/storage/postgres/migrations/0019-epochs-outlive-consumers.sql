-- A consumer over HTTP that is removed and made again goes on above the epochs of the one before: whoever still holds a lane of that one is fenced. A new table, and
-- triggers that query processes of the version before meet too: they remove and make consumers as they did, and need not know of it.

-- The highest epoch of any lane that went with it, of each name that was ever removed.
create table removed_consumers (
  tenant    text not null,
  consumer  text not null,
  epoch     bigint not null,
  primary key (tenant, consumer)
);

create function keep_removed_epochs() returns trigger
language plpgsql as $$
begin
  insert into removed_consumers as r (tenant, consumer, epoch)
  select tenant, consumer, max(epoch) from gone group by tenant, consumer order by tenant, consumer
  on conflict (tenant, consumer) do update set epoch = greatest(r.epoch, excluded.epoch);
  return null;
end
$$;

create trigger keep_removed_epochs after delete on consumer_lanes
  referencing old table as gone for each statement execute function keep_removed_epochs();

-- One above: a lane that nobody took yet must not have the epoch of the last one who held it.
create function begin_above_removed() returns trigger
language plpgsql as $$
begin
  new.epoch := greatest(new.epoch, (select r.epoch + 1 from removed_consumers r where r.tenant = new.tenant and r.consumer = new.consumer));
  return new;
end
$$;

create trigger begin_above_removed before insert on consumer_lanes for each row execute function begin_above_removed();
