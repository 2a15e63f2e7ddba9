-- A team's own processors. New tables, and a trigger that old workers meet too: they know nothing of such processors, and must not be given their lanes.

-- What a version of a processor is from its first registration on. It never changes: other tables, another order or another start are another version.
create table own_processors (
  processor      text not null,
  version        integer not null,
  tables_sha256  text not null,                 -- of all that makes its tables
  starts         text not null check (starts in ('beginning', 'now', 'previous')),
  registered_at  timestamptz not null default now(),
  primary key (processor, version),
  foreign key (processor, version) references processors
);

-- Which workers run it: lanes are shared among those alone.
create table worker_processors (
  worker     text not null,
  processor  text not null,
  version    integer not null,
  primary key (worker, processor, version)
);

create function only_to_who_runs_it() returns trigger
language plpgsql as $$
begin
  if exists (select from own_processors o where o.processor = new.processor and o.version = new.version)
    and not exists (
      select from worker_processors w where w.worker = new.owner and w.processor = new.processor and w.version = new.version
    )
  then
    return null;
  end if;
  return new;
end
$$;

-- A change of owner alone: renewals don't meet it.
create trigger leases_only_to_who_runs_it before update on leases for each row
  when (new.owner is not null and new.owner is distinct from old.owner) execute function only_to_who_runs_it();
