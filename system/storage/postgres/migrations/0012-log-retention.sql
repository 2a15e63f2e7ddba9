-- What retention dropped. A new table alone: processes of the version before go on as they did.

-- A row is written in the transaction that raises the low-water marks, before the partition goes: what is in here and still there is dropped by the next round.
create table log_drops (
  partition   text primary key,
  until       timestamptz not null,              -- everything in it was appended before
  marks       jsonb not null,                    -- lane -> the low-water mark that it left
  passed_by   text[] not null default '{}',      -- consumers over HTTP that had not read all of it, where the policy is to drop
  decided_at  timestamptz not null default clock_timestamp(),
  decided_by  text not null,                     -- the worker
  dropped_at  timestamptz
);
