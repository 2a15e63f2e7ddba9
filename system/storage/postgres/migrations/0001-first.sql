-- The first schema: the stream, its dedupe window, checkpoints and leases, the park, and two read models.
-- Names are unqualified on purpose: everything lives in the first schema of the connection's search_path.

-- ── The stream ──────────────────────────────────────────────────────────────────────────────────────────────

create table streams (
  version     integer primary key,
  lane_count  integer not null check (lane_count between 1 and 1024),
  created_at  timestamptz not null default now()
);

-- One counter row a lane. An append locks its lanes in ascending order, so commit order is position order and
-- positions have no gaps. Low fillfactor: these rows are updated thousands of times a second and must stay HOT.
create table lanes (
  stream_version  integer not null references streams,
  lane            integer not null,
  head            bigint not null default 0,   -- highest position given out = events appended
  duplicates      bigint not null default 0,   -- deliveries answered from the dedupe window (same identity, same body)
  conflicts       bigint not null default 0,   -- deliveries refused: same identity, another body
  low_water       bigint not null default 0,   -- positions up to here were dropped by retention
  primary key (stream_version, lane)
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

-- The log. Partitioned by time so that retention drops whole partitions; the time is the database's own.
create table log (
  stream_version     integer not null,
  lane               integer not null,
  position           bigint not null,
  id                 bigint not null,          -- assigned at admission; unique per event, below 2^53
  tenant             text not null,
  system_name        text not null,
  object_id          text not null,
  event_name         text not null,
  idempotency_key    text,                     -- the client's own; null where it gave none
  sequence           bigint,                   -- the producer's own order per key
  event_time         timestamptz not null,
  event_time_source  text not null check (event_time_source in ('client', 'receipt')),
  received_at        timestamptz not null,
  body               text not null,            -- the event's raw JSON text, as it came
  traceparent        text,                     -- W3C context of the PRODUCER span, where sampled
  appended_at        timestamptz not null default now(),
  primary key (stream_version, lane, position, appended_at)
) partition by range (appended_at);

-- Blocks of ids: an ingest process takes 1000 at a time, so an id says nothing about lane or position.
create sequence event_ids as bigint increment by 1000 minvalue 1 maxvalue 9007199254740000 start 1;

-- The dedupe window, keyed by identity and not by time. Rows older than the window leave by small deletes.
create table identities (
  identity    uuid primary key,                -- first 128 bits of SHA-256(tenant, system_name, idempotency_key); time-ordered where the client gave none
  id          bigint not null,                 -- the first answer
  body_hash   bytea not null,                  -- canonical hash of the contract's fields
  first_seen  timestamptz not null default now()
);
create index identities_first_seen on identities using brin (first_seen);

-- ── Processors, checkpoints, leases ─────────────────────────────────────────────────────────────────────────

create table processors (
  processor       text not null,
  version         integer not null,
  ordered         boolean not null,
  state           text not null check (state in ('active', 'building', 'retired')),
  stream_version  integer not null references streams,
  created_at      timestamptz not null default now(),
  primary key (processor, version)
);

-- checkpoint = applied + ignored + parked + pending + discarded + skipped + shed, kept in the transactions that move them.
create table checkpoints (
  processor        text not null,
  version          integer not null,
  lane             integer not null,
  position         bigint not null default 0,
  epoch            bigint not null default 0,  -- the fence: a write with another epoch changes nothing
  applied          bigint not null default 0,
  ignored          bigint not null default 0,
  parked           bigint not null default 0,  -- now in parked_events
  pending          bigint not null default 0,  -- now in pending_events
  discarded        bigint not null default 0,
  skipped          bigint not null default 0,
  shed             bigint not null default 0,
  takeovers_without_progress integer not null default 0,
  attempt_position bigint,                     -- the event that is alone, while a lane goes one event at a time
  attempt_count    integer not null default 0,
  updated_at       timestamptz not null default now(),
  primary key (processor, version, lane),
  foreign key (processor, version) references processors
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

-- Who may move a lane's checkpoint, on the database's clock. lane -1 is the processor's one elected duty (accounting export, clean-up).
create table leases (
  processor    text not null,
  version      integer not null,
  lane         integer not null,
  owner        text,                           -- workers.worker, or null: free
  epoch        bigint not null default 0,      -- grows with each change of owner
  acquired_at  timestamptz,
  expires_at   timestamptz,
  primary key (processor, version, lane)
) with (fillfactor = 20);

create table workers (
  worker      text primary key,                -- service.instance.id
  host        text not null,
  pid         integer not null,
  started_at  timestamptz not null default now(),
  seen_at     timestamptz not null default now()
) with (fillfactor = 20);

-- What happened to leases, for operators and for evidence. Bounded by background deletes.
create table lease_events (
  id           bigint generated always as identity primary key,
  at           timestamptz not null default clock_timestamp(),
  kind         text not null check (kind in ('acquired', 'taken_over', 'released', 'lost', 'fenced')),
  processor    text not null,
  version      integer not null,
  lane         integer not null,
  epoch        bigint not null,                -- the epoch of the actor
  owner        text not null,                  -- the actor
  other_owner  text,                           -- taken_over: from whom; lost and fenced: who holds it now, if known
  other_epoch  bigint,
  detail       text
);

-- ── Order, waiting and the park ─────────────────────────────────────────────────────────────────────────────

-- A key is sequenced or not, fixed by its first event.
create table key_order (
  processor      text not null,
  version        integer not null,
  tenant         text not null,
  system_name    text not null,
  object_id      text not null,
  lane           integer not null,
  sequenced      boolean not null,
  next_sequence  bigint,                       -- the sequence that may be applied next; null where not sequenced
  primary key (processor, version, tenant, system_name, object_id)
) with (fillfactor = 50);

-- Early events of sequenced keys, copied in the checkpoint's transaction.
create table pending_events (
  processor          text not null,
  version            integer not null,
  lane               integer not null,
  position           bigint not null,
  id                 bigint not null,
  tenant             text not null,
  system_name        text not null,
  object_id          text not null,
  event_name         text not null,
  idempotency_key    text,
  sequence           bigint not null,
  event_time         timestamptz not null,
  event_time_source  text not null,
  received_at        timestamptz not null,
  body               text not null,
  traceparent        text,
  since              timestamptz not null default now(),
  primary key (processor, version, lane, position)
);
create index pending_events_key on pending_events (processor, version, tenant, system_name, object_id, sequence);

create table parked_keys (
  processor        text not null,
  version          integer not null,
  lane             integer not null,
  tenant           text not null,
  system_name      text not null,
  object_id        text not null,
  state            text not null check (state in ('retrying', 'parked')),
  next_attempt_at  timestamptz,                -- retrying: when its head event is tried again
  since            timestamptz not null default now(),
  primary key (processor, version, tenant, system_name, object_id)
);
create index parked_keys_lane on parked_keys (processor, version, lane);

-- A parked key's events: the one that failed (reason_code set) and those that wait behind it, in order of position.
create table parked_events (
  processor          text not null,
  version            integer not null,
  lane               integer not null,
  position           bigint not null,
  id                 bigint not null,
  tenant             text not null,
  system_name        text not null,
  object_id          text not null,
  event_name         text not null,
  idempotency_key    text,
  sequence           bigint,
  event_time         timestamptz not null,
  event_time_source  text not null,
  received_at        timestamptz not null,
  body               text not null,
  traceparent        text,
  parked_at          timestamptz not null default now(),
  attempts           integer not null default 0,
  reason_code        text,                     -- handler_threw, handler_timeout, handler_crashed, data_refused, sequence_conflict, sequence_mixed; null: waits behind another
  reason_message     text,
  error_type         text,
  worker             text,                     -- who saw the last failure
  first_failed_at    timestamptz,
  last_failed_at     timestamptz,
  primary key (processor, version, lane, position)
);
create index parked_events_key on parked_events (processor, version, tenant, system_name, object_id, position);

-- Dead letters: parked events that failed for good.
create view dead_letters as
  select e.* from parked_events e
  join parked_keys k using (processor, version, tenant, system_name, object_id)
  where e.reason_code is not null and k.state = 'parked';

-- Only the lane's owner releases, under its epoch; an operator asks by a row.
create table park_commands (
  id            bigint generated always as identity primary key,
  processor     text not null,
  version       integer not null,
  tenant        text not null,
  system_name   text not null,
  object_id     text not null,
  action        text not null check (action in ('retry', 'discard_head')),
  requested_at  timestamptz not null default now(),
  requested_by  text not null,
  done_at       timestamptz,
  outcome       text
);
create index park_commands_open on park_commands (processor, version) where done_at is null;

-- ── Read models ─────────────────────────────────────────────────────────────────────────────────────────────

-- Table events: no order, no user code. metadata is a projection; body is the raw text.
create table events (
  id                 bigint primary key,
  tenant             text not null,
  system_name        text not null,
  object_id          text not null,
  event_name         text not null,
  metadata           jsonb not null,
  event_time         timestamptz not null,
  event_time_source  text not null,
  received_at        timestamptz not null,
  idempotency_key    text,
  sequence           bigint,
  lane               integer not null,
  position           bigint not null,
  body               text not null,
  applied_at         timestamptz not null default clock_timestamp()
);
create index events_object on events (tenant, system_name, object_id, id);
create index events_name on events (tenant, event_name, id);
create index events_time on events (tenant, event_time, id);

-- Per-object timelines. Entry numbers are counted, not derived, so a doubled effect shows as one entry too many.
create table timelines (
  version        integer not null,
  tenant         text not null,
  system_name    text not null,
  object_id      text not null,
  lane           integer not null,
  entries        bigint not null default 0,
  last_event_id  bigint,
  updated_at     timestamptz not null default now(),
  primary key (version, tenant, system_name, object_id)
) with (fillfactor = 70);

create table timeline_entries (
  version      integer not null,
  tenant       text not null,
  system_name  text not null,
  object_id    text not null,
  entry        bigint not null,                -- 1, 2, 3 … in the order of application
  event_id     bigint not null,
  event_name   text not null,
  sequence     bigint,
  event_time   timestamptz not null,
  lane         integer not null,
  position     bigint not null,
  summary      text,                           -- what the handler made of the event
  applied_at   timestamptz not null default clock_timestamp(),
  primary key (version, tenant, system_name, object_id, entry)
);

-- Counts per minute (of event_time) by event name. Kept per lane and summed on read: no row is shared between lanes.
create table minute_counts (
  version      integer not null,
  lane         integer not null,
  tenant       text not null,
  system_name  text not null,
  event_name   text not null,
  minute       timestamptz not null,
  count        bigint not null,
  primary key (version, lane, tenant, system_name, event_name, minute)
) with (fillfactor = 30);
