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
  why           text not null,
  next_line     bigint not null
);
create index import_audit_import on import_audit (import, entry);
