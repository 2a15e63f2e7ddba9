-- Who may come in: tenants, their keys and quotas. New tables, and columns with defaults: a process of the version before goes on beside it.

create table tenants (
  tenant             text primary key check (tenant ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  events_per_second  double precision check (events_per_second > 0),  -- of each ingest process; null: no quota
  bytes_per_second   double precision check (bytes_per_second > 0),
  storage_bytes      bigint check (storage_bytes >= 0),               -- bytes of bodies that the log still holds
  created_at         timestamptz not null default now(),
  created_by         text not null
);
insert into tenants (tenant, created_by) values ('default', 'faultline');

-- A key is never kept: its SHA-256 is. It is 256 random bits, so that a fast hash is right.
create table api_keys (
  key_id         text primary key,
  tenant         text not null references tenants,
  name           text not null,                  -- what it is for, in words
  scopes         text[] not null check (cardinality(scopes) > 0 and scopes <@ array['ingest', 'read', 'operate']),
  secret_sha256  bytea not null check (octet_length(secret_sha256) = 32),
  created_at     timestamptz not null default now(),
  created_by     text not null,
  expires_at     timestamptz,
  revoked_at     timestamptz,
  replaces       text references api_keys        -- the key that it was made for in a rotation
);
create index api_keys_tenant on api_keys (tenant);

-- Who did what to which key or tenant, when and why. No row is ever changed.
create table access_audit (
  entry    bigint generated always as identity primary key,
  at       timestamptz not null default clock_timestamp(),
  action   text not null check (action in ('key_created', 'key_rotated', 'key_revoked', 'tenant_created', 'quota_set')),
  tenant   text not null,
  key_id   text,
  by_whom  text not null,
  why      text not null,
  detail   jsonb not null default '{}'
);

-- Grows with each change of a key or a tenant: doors ask for this one number, and read the rest when it has changed.
create table access_version (
  one      boolean primary key default true check (one),
  version  bigint not null default 1
);
insert into access_version default values;

create function access_changed() returns trigger
language plpgsql as $$
begin
  update access_version set version = version + 1;
  return null;
end
$$;
create trigger tenants_changed after insert or update or delete or truncate on tenants for each statement execute function access_changed();
create trigger api_keys_changed after insert or update or delete or truncate on api_keys for each statement execute function access_changed();

-- Bytes and events that ingest processes appended, a row a tenant and day (UTC) of the log: each process adds its own every few seconds.
create table tenant_usage (
  tenant  text not null,
  day     date not null,
  events  bigint not null default 0,
  bytes   bigint not null default 0,
  primary key (tenant, day)
) with (fillfactor = 50);

-- Whose a job is: nobody sees the jobs of another tenant. What there was is of tenant `default`.
alter table recovery_jobs add column tenant text not null default 'default';
-- The key with which it was asked for; null: without.
alter table recovery_jobs add column key_id text;
