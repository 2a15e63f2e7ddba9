-- Those who consume elsewhere, over HTTP: where each of them is in each lane, and which of its instances has the lane now.
-- New tables alone: processes of the version before see none of them, and go on as they did.

create table consumers (
  tenant          text not null,
  consumer        text not null,
  stream_version  integer not null references streams,
  created_at      timestamptz not null default now(),
  primary key (tenant, consumer)
);

-- Which instances share its lanes, on the database's clock.
create table consumer_instances (
  tenant      text not null,
  consumer    text not null,
  instance    text not null,
  joined_at   timestamptz not null default now(),
  expires_at  timestamptz not null,
  primary key (tenant, consumer, instance),
  foreign key (tenant, consumer) references consumers on delete cascade
);

-- A checkpoint moves by compare-and-set on (position, epoch): whoever lost the lane changes nothing.
create table consumer_lanes (
  tenant           text not null,
  consumer         text not null,
  lane             integer not null,
  position         bigint not null,
  epoch            bigint not null default 0,  -- grows each time that the lane is taken
  owner            text,                       -- consumer_instances.instance, or null: free
  expires_at       timestamptz,
  checkpointed_at  timestamptz,
  primary key (tenant, consumer, lane),
  foreign key (tenant, consumer) references consumers on delete cascade
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
