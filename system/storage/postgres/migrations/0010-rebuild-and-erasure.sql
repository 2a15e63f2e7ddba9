-- Read models that are built anew beside the old one, and the erasure of one object's data. New tables, and columns that a process of the version before never asks for.

-- The code that a worker has, as processor/code; null: a worker of the version before, which must not be given what it does not know.
alter table workers add column codes text[];
-- Which code a version runs, where it is not code of its own number: a version that is built again with the code of another.
alter table processors add column code integer;

-- A version that was built beside another. Whether it is read is processors.state, and that alone: the newest active one is.
create table rebuilds (
  processor        text not null,
  version          integer not null,
  beside           integer not null,              -- the version that was read when it began
  rate_per_second  double precision not null,     -- at most, over all lanes; 0: as fast as live traffic lets it
  requested_by     text not null,
  why              text not null,
  started_at       timestamptz not null default now(),
  primary key (processor, version),
  foreign key (processor, version) references processors
);

-- A version that was given up: its rows leave in small deletes.
create table dropped_versions (
  processor   text not null,
  version     integer not null,
  dropped_at  timestamptz not null default now(),
  removed     bigint not null default 0,           -- rows, so far
  done_at     timestamptz,
  primary key (processor, version)
);

-- Who asked for what, when and why. No row is ever changed. What was refused is here too.
create table rebuild_actions (
  entry         bigint generated always as identity primary key,
  at            timestamptz not null default clock_timestamp(),
  action        text not null check (action in ('start', 'compare', 'switch', 'back', 'drop')),
  processor     text not null,
  version       integer not null,
  is_forced     boolean not null,
  outcome       text not null check (outcome in ('done', 'refused')),
  detail        text,                              -- why it was refused, or what it was forced past
  requested_by  text not null,
  why           text not null,
  key_id        text,                              -- the API key with which it was asked for; null: without
  request_id    uuid not null unique               -- the client's own: the same request sent twice is done once
);

-- Two versions compared key by key, range by range. Carried out by the elected worker, which keeps its place here.
create table rebuild_comparisons (
  comparison      bigint generated always as identity primary key,
  processor       text not null,
  version         integer not null,
  against         integer not null,
  requested_by    text not null,
  why             text not null,
  requested_at    timestamptz not null default now(),
  after_key       jsonb,                           -- [tenant, system, object] up to which it is done
  ranges          bigint not null default 0,
  keys            bigint not null default 0,
  entries         bigint not null default 0,       -- of the new version
  entries_against bigint not null default 0,
  differing       bigint not null default 0,       -- keys
  counts_differing bigint not null default 0,      -- rows of counts per minute
  counts_unsettled bigint not null default 0,      -- that no look found at rest
  done_at         timestamptz,
  outcome         text check (outcome in ('equal', 'different'))
);

-- Counts and hashes of one range of keys, up to and with its last key.
create table rebuild_ranges (
  comparison       bigint not null references rebuild_comparisons,
  range            bigint not null,
  last_tenant      text not null,
  last_system      text not null,
  last_object      text not null,
  keys             bigint not null,
  entries          bigint not null,
  entries_against  bigint not null,
  hash             numeric not null,
  hash_against     numeric not null,
  primary key (comparison, range)
);

-- Keys that differ, and how: numbers and names of fields, never what is in them.
create table rebuild_differences (
  comparison       bigint not null references rebuild_comparisons,
  tenant           text not null,
  system_name      text not null,
  object_id        text not null,
  entries          bigint not null,
  entries_against  bigint not null,
  first_entry      bigint not null,                -- the first that differs
  fields           text[] not null,                -- of that entry; empty: one version has none
  state            text,                           -- of the key in the new version's park
  state_against    text,
  primary key (comparison, tenant, system_name, object_id)
);

-- A worker of the version before asks for every lane that it sees; one of a rebuilt version it would run with the wrong code, into the wrong version.
-- It gets nothing: no row changes. Runs where `owner` is set, which a renewal does not.
create function refuse_unable_owner() returns trigger
language plpgsql as $$
begin
  if new.owner is not null and new.owner is distinct from old.owner
    and exists (select from rebuilds r where r.processor = new.processor and r.version = new.version)
    and not exists (
      select from processors p, workers w
      where p.processor = new.processor and p.version = new.version and p.state <> 'retired' and w.worker = new.owner
        and p.processor || '/' || coalesce(p.code, p.version) = any (w.codes)
    )
  then
    return null;
  end if;
  return new;
end
$$;
create trigger refuse_unable_owner before update of owner on leases for each row execute function refuse_unable_owner();

-- ── Erasure ─────────────────────────────────────────────────────────────────────────────────────────────────

-- One request, its progress, and in the end its proof: what was there before and what is there after, as counts by place. Never a payload.
-- It is its own audit: who, when and why are never changed.
create table erasures (
  erasure       bigint generated always as identity primary key,
  tenant        text not null,
  system_name   text not null,
  object_id     text not null,
  is_dry_run    boolean not null,
  requested_by  text not null,
  why           text not null,
  key_id        text,                              -- the API key with which it was asked for; null: without
  request_id    uuid not null unique,
  requested_at  timestamptz not null default now(),
  cut           jsonb not null,                    -- {lane: head}: what came later is new data
  phase         text not null default 'count' check (phase in ('count', 'log', 'lanes', 'records', 'search', 'vacuum', 'done')),
  place         jsonb not null default '{}',       -- how far the phase is
  before        jsonb not null default '{}',       -- {place: rows with data}
  erased        jsonb not null default '{}',       -- {place: rows}
  after         jsonb,                             -- {place: rows with data}: all 0, or it goes on
  rounds        integer not null default 0,        -- searches that found something left
  waits_for     text,                              -- why it does not go on
  worker        text,                              -- that finished it
  done_at       timestamptz
);
create index erasures_open on erasures (erasure) where done_at is null;
create index erasures_key on erasures (tenant, system_name, object_id);

-- One lane of one version: only its owner erases there, under its epoch and with the books.
create table erasure_commands (
  command      bigint generated always as identity primary key,
  erasure      bigint not null references erasures,
  processor    text not null,
  version      integer not null,
  lane         integer not null,
  upto         bigint not null,                    -- positions up to and with this one
  tenant       text not null,
  system_name  text not null,
  object_id    text not null,
  done_at      timestamptz,
  result       jsonb                               -- {place: rows}
);
create index erasure_commands_open on erasure_commands (processor, version, lane) where done_at is null;
create index erasure_commands_of on erasure_commands (erasure);
