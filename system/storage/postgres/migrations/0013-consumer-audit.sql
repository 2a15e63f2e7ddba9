-- Who made and removed consumers over HTTP. A new table alone: processes of the version before go on as they did, and leave no line in it.

create table consumer_audit (
  entry      bigint generated always as identity primary key,
  at         timestamptz not null default clock_timestamp(),
  tenant     text not null,
  consumer   text not null,
  action     text not null check (action in ('create', 'remove')),
  key_id     text,                               -- the API key with which it was asked for; null: without
  positions  jsonb not null                      -- lane -> the checkpoint at which it began, or which went with it
);
create index consumer_audit_tenant on consumer_audit (tenant, entry);
