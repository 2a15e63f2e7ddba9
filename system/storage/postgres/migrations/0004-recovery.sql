-- What operators do about dead letters. New tables alone: a worker of the version before sees none of them, and goes on as it did.

-- One request of an operator: what was asked, of which dead letters, by whom and why. It is carried out by its commands.
create table recovery_jobs (
  job             bigint generated always as identity primary key,
  action          text not null check (action in ('replay', 'discard', 'fix', 'unfix', 'rehearse')),
  selection       jsonb not null,                -- the filter, as it was asked
  fix             jsonb,                         -- rules of a fix, or of a fix that is rehearsed
  rate_per_second double precision not null,
  requested_by    text not null,
  why             text not null,
  request_id      uuid not null unique,          -- the client's own: the same request sent twice is one job
  requested_at    timestamptz not null default now()
);

-- One dead letter of a job. Only the lane's owner carries it out, under its epoch. Rows that are done leave after a time; the audit stays.
create table recovery_commands (
  command        bigint generated always as identity primary key,
  job            bigint not null references recovery_jobs,
  action         text not null,
  processor      text not null,
  version        integer not null,
  lane           integer not null,
  position       bigint not null,                -- the dead letter as it stood when it was asked for: what it is not any more, is left alone
  event_id       bigint not null,
  tenant         text not null,
  system_name    text not null,
  object_id      text not null,
  due_at         timestamptz not null,           -- the job's rate is in here, so that it holds whichever workers carry it out
  started_at     timestamptz,                    -- a replay whose key is being tried again
  progress       bigint not null default 0,      -- a fix: events of the key up to this position are done
  events         bigint not null default 0,      -- events that it changed: replayed, discarded, fixed
  done_at        timestamptz,
  outcome        text check (outcome in ('replayed', 'failed_again', 'discarded', 'fixed', 'unchanged', 'rehearsed', 'gone')),
  result         jsonb                           -- places and reasons, never a payload
);
create unique index recovery_commands_once on recovery_commands (processor, version, lane, position, action) where done_at is null and action <> 'rehearse';
create index recovery_commands_due on recovery_commands (processor, version, lane, command) where done_at is null and started_at is null;
create index recovery_commands_running on recovery_commands (processor, version, lane) where done_at is null and started_at is not null;
create index recovery_commands_job on recovery_commands (job, command);
create index recovery_commands_done on recovery_commands (done_at) where done_at is not null;

-- What was done to an event in the park. It stands beside the event's copies in the park and among the early ones, whose body stays as it came.
create table event_recoveries (
  processor         text not null,
  version           integer not null,
  lane              integer not null,
  position          bigint not null,
  tenant            text not null,
  system_name       text not null,
  object_id         text not null,
  replays           integer not null default 0,
  earlier_attempts  integer not null default 0,  -- attempts before the last replay
  fixed_body        text,                        -- what the processor is given in place of the body; null: the body
  fixed_at          timestamptz,
  fixed_by          text,
  primary key (processor, version, lane, position)
);

-- Who did what to which event, when and why. Written in the transaction that does it; no row is ever changed. No body: its hash says which it was.
create table recovery_audit (
  entry         bigint generated always as identity primary key,
  at            timestamptz not null default clock_timestamp(),
  job           bigint not null,
  action        text not null,
  outcome       text not null,
  requested_by  text not null,
  why           text not null,
  requested_at  timestamptz not null,
  done_by       text not null,                   -- the worker
  processor     text not null,
  version       integer not null,
  lane          integer not null,
  position      bigint not null,
  event_id      bigint not null,
  tenant        text not null,
  system_name   text not null,
  object_id     text not null,
  events        bigint not null,                 -- how many events it was
  reason_code   text,                            -- why it was a dead letter
  attempts      integer,                         -- all that it had
  body_sha256   bytea                            -- of the body as it came
);
create index recovery_audit_key on recovery_audit (tenant, system_name, object_id, entry);

-- Counted in the same transactions, a row a lane, under the lane's own lock.
create table recovery_totals (
  processor     text not null,
  version       integer not null,
  lane          integer not null,
  replayed      bigint not null default 0,       -- events that left the park through a replay
  discarded     bigint not null default 0,       -- events that were given up
  failed_again  bigint not null default 0,       -- replays that ended as a dead letter again
  primary key (processor, version, lane)
);
