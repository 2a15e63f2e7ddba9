-- History: files of past events that are imported, and replays of the log into a version of a processor. New tables and functions alone: a process of the
-- version before sees none of them, and goes on as it did.

-- ── Imports ─────────────────────────────────────────────────────────────────────────────────────────────────

-- One file on its way into the log. next_line is the ledger's end: every line before it is settled, in the transaction that appended it.
create table imports (
  import          bigint generated always as identity primary key,
  tenant          text not null,
  name            text not null,
  format          text not null check (format in ('ndjson', 'csv')),
  mapping         jsonb,                         -- csv: which column becomes which field
  header          jsonb,                         -- csv: the names of the columns, as the file has them
  sha256          bytea not null,                -- of the file's text, inflated
  bytes           bigint not null,
  lines           bigint not null,
  state           text not null check (state in ('running', 'paused', 'cancelled', 'done')),
  rate_per_second double precision not null,     -- the top: live lag and commit latency take from it
  next_line       bigint not null default 1,
  appended        bigint not null default 0,
  duplicates      bigint not null default 0,     -- the same identity and body as an event that there is
  refused         bigint not null default 0,
  requested_by    text not null,
  key_id          text,                          -- the API key with which it was opened; null: without
  why             text not null,
  requested_at    timestamptz not null default now(),
  moved_at        timestamptz not null default now(),
  ended_at        timestamptz,
  unique (tenant, name)
);
create index imports_file on imports (tenant, sha256);

-- The ledger: lines from_line to to_line were settled by one commit, and line n of them, where it was appended, is event first_id + n - from_line.
create table import_ledger (
  import      bigint not null references imports,
  from_line   bigint not null,
  to_line     bigint not null,
  first_id    bigint not null,
  appended    integer not null,
  duplicates  integer not null,
  refused     integer not null,
  at          timestamptz not null default now(),
  primary key (import, from_line)
);

-- Lines that were refused. No payload: the file has it.
create table import_refusals (
  import   bigint not null references imports,
  line     bigint not null,
  code     text not null,
  place    text,                                 -- a field of the event or a column of the file, where it is one
  reason   text not null,
  primary key (import, line)
);

-- Who did what to which import, when and why. No row is ever changed.
create table import_audit (
  entry         bigint generated always as identity primary key,
  at            timestamptz not null default clock_timestamp(),
  import        bigint not null references imports,
  action        text not null check (action in ('open', 'pause', 'resume', 'cancel', 'finish')),
  requested_by  text not null,
  key_id        text,                            -- null: without a key, or by itself
  why           text not null,
  next_line     bigint not null
);
create index import_audit_import on import_audit (import, entry);

-- ── Replays of the log ──────────────────────────────────────────────────────────────────────────────────────

-- A version of a processor that was put to a stated place of the log. The newest one of a version says how far its lanes may go now.
create table stream_replays (
  replay           bigint generated always as identity primary key,
  processor        text not null,
  version          integer not null,
  starts           jsonb not null,               -- the place, as it was asked for
  follows          boolean not null,             -- goes on with live events behind its end; else it stops there
  resets           boolean not null,             -- the read model was emptied for it
  rate_per_second  double precision not null,    -- of all lanes together, until its end
  requested_by     text not null,
  why              text not null,
  request_id       uuid not null unique,
  started_at       timestamptz not null default clock_timestamp(),
  cancelled_at     timestamptz,
  cancelled_by     text,
  cancelled_why    text,
  foreign key (processor, version) references processors
);
create index stream_replays_version on stream_replays (processor, version, replay);

create table stream_replay_lanes (
  replay         bigint not null references stream_replays,
  lane           integer not null,
  from_position  bigint not null,                -- events up to here are left out, and stand in the books as skipped
  to_position    bigint not null,                -- its end; where it was cancelled, the checkpoint of that moment
  primary key (replay, lane)
);

-- How far a lane of a version may be read now: p_head, unless a replay holds it back. By the database's clock, so that the rate holds whichever workers carry it
-- out, and however many they are; what fell due while none ran is made up for.
create function replay_limit(p_processor text, p_version integer, p_lane integer, p_head bigint) returns bigint
language sql volatile as $$
  select coalesce((
    select case
      when r.cancelled_at is not null then least(p_head, l.to_position)
      when l.due >= l.to_position then case when r.follows then p_head else least(p_head, l.to_position) end
      else least(p_head, l.due)
    end
    from (select * from stream_replays where processor = p_processor and version = p_version order by replay desc limit 1) r
    cross join lateral (
      select to_position,
             from_position + floor(extract(epoch from clock_timestamp() - r.started_at) * r.rate_per_second
               / (select count(*) from stream_replay_lanes n where n.replay = r.replay))::bigint as due
      from stream_replay_lanes where replay = r.replay and lane = p_lane
    ) l
  ), p_head)
$$;
