-- What the workers need beyond the first schema.

-- Gaps of a key's sequence that were given up (FAULTLINE_PENDING_POLICY=skip): a number in here that arrives after all is counted as skipped,
-- and is not mistaken for a number used twice.
create table skipped_gaps (
  processor      text not null,
  version        integer not null,
  tenant         text not null,
  system_name    text not null,
  object_id      text not null,
  from_sequence  bigint not null,
  to_sequence    bigint not null,
  lane           integer not null,
  skipped_at     timestamptz not null default now(),
  skipped_by     text not null,
  primary key (processor, version, tenant, system_name, object_id, from_sequence)
);

-- The oldest early event of a lane, and its number, are asked every second.
create index pending_events_since on pending_events (processor, version, lane, since);

-- Retries that are due.
create index parked_keys_due on parked_keys (processor, version, lane, next_attempt_at) where state = 'retrying';
