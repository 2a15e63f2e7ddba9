// Keys, tenants and their audit on PostgreSQL.
import type { Client } from 'pg';
import type { AccessDesk, Asked, AuditEntry, KeyRequest, ListedKey, ListedTenant, NewKey, Quotas } from '../../access/access-desk.ts';

const rfc3339 = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as ${column}`;

const keyColumns = `
  key_id, tenant, name, scopes,
  case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired' else 'active' end as state,
  ${rfc3339('created_at')}, created_by, ${rfc3339('expires_at')}, ${rfc3339('revoked_at')}, replaces`;

const insertKey = `
  insert into api_keys (key_id, tenant, name, scopes, secret_sha256, created_by, expires_at, replaces)
  values ($1, $2, $3, $4, $5, $6, now() + $7::double precision * interval '1 second', $8)
  returning ${keyColumns}`;

const insertTenant = 'insert into tenants (tenant, created_by) values ($1, $2) on conflict do nothing returning tenant';

/** Locked, so that two who rotate the same key at once do it one after the other; an expiry is never put off. */
const shortenKey = `
  update api_keys set expires_at = least(expires_at, now() + $2::double precision * interval '1 second')
  where key_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())
  returning ${keyColumns}`;

const selectLife = `
  select extract(epoch from expires_at - created_at)::double precision as seconds
  from api_keys where key_id = $1 and revoked_at is null and (expires_at is null or expires_at > now()) for update`;

const revokeKey = `
  with revoked as (update api_keys set revoked_at = now() where key_id = $1 and revoked_at is null returning *)
  select ${keyColumns}, true as changed from revoked
  union all
  select ${keyColumns}, false from api_keys where key_id = $1 and revoked_at is not null`;

const selectKeys = `
  select * from (select ${keyColumns}, k.created_at as made_at from api_keys k where $1::text is null or tenant = $1) k
  where $2 or state = 'active' order by made_at, key_id`;

const selectTenants = `
  select t.tenant, ${rfc3339('created_at')}, events_per_second, bytes_per_second, storage_bytes::double precision,
         (select count(*)::integer from api_keys k where k.tenant = t.tenant and revoked_at is null and (expires_at is null or expires_at > now())) as keys,
         coalesce(u.events, 0)::double precision as stored_events, coalesce(u.bytes, 0)::double precision as stored_bytes
  from tenants t
  left join (select tenant, sum(events) as events, sum(bytes) as bytes from tenant_usage group by tenant) u on u.tenant = t.tenant
  order by t.created_at, t.tenant`;

const setQuotas = `
  update tenants set
    events_per_second = case when $2::jsonb ? 'events_per_second' then ($2::jsonb ->> 'events_per_second')::double precision else events_per_second end,
    bytes_per_second = case when $2::jsonb ? 'bytes_per_second' then ($2::jsonb ->> 'bytes_per_second')::double precision else bytes_per_second end,
    storage_bytes = case when $2::jsonb ? 'storage_bytes' then ($2::jsonb ->> 'storage_bytes')::bigint else storage_bytes end
  where tenant = $1 returning tenant`;

const selectAudit = `
  select entry::integer, ${rfc3339('at')}, action, tenant, key_id, by_whom, why, detail from access_audit order by entry desc limit $1`;

/** Over the client's connection: the caller connects and ends it. */
export const createAccessDesk = (client: Client): AccessDesk => ({
  createKey: (key, request, asked) => inTransaction(client, () => createKey(client, key, request, asked)),
  rotateKey: (keyId, key, overlapSeconds, asked) => inTransaction(client, () => rotateKey(client, { keyId, key, overlapSeconds, asked })),
  revokeKey: (keyId, asked) => inTransaction(client, () => revoke(client, keyId, asked)),
  listKeys: async ({ tenant, all }) => (await client.query<ListedKey>(selectKeys, [tenant, all])).rows,
  listTenants: async () => (await client.query<ListedTenant>(selectTenants)).rows,
  setQuotas: (tenant, quotas, asked) => inTransaction(client, () => changeQuotas(client, tenant, quotas, asked)),
  readAudit: async (limit) => (await client.query<AuditEntry>(selectAudit, [limit])).rows,
});

const inTransaction = async <Result>(client: Client, work: () => Promise<Result>): Promise<Result> => {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};

type Audited = { readonly action: string; readonly tenant: string; readonly keyId: string | null; readonly detail?: object };

const audit = async (client: Client, { action, tenant, keyId, detail = {} }: Audited, { by, why }: Asked): Promise<void> => {
  const text = 'insert into access_audit (action, tenant, key_id, by_whom, why, detail) values ($1, $2, $3, $4, $5, $6)';
  await client.query(text, [action, tenant, keyId, by, why, JSON.stringify(detail)]);
};

const createKey = async (client: Client, { keyId, hash }: NewKey, request: KeyRequest, asked: Asked) => {
  const { tenant, name, scopes, expiresInSeconds, isNewTenant } = request;
  const known = await client.query<{ tenant: string }>('select tenant from tenants order by created_at, tenant');
  if (!known.rows.some((row) => row.tenant === tenant)) {
    if (!isNewTenant) return { unknown_tenant: known.rows.map((row) => row.tenant) };
    const made = await client.query(insertTenant, [tenant, asked.by]);
    if (made.rowCount === 1) await audit(client, { action: 'tenant_created', tenant, keyId: null }, asked);
  }
  const { rows } = await client.query<ListedKey>(insertKey, [keyId, tenant, name, scopes, hash, asked.by, expiresInSeconds, null]);
  await audit(client, { action: 'key_created', tenant, keyId, detail: { name, scopes, expires_at: rows[0]!.expires_at } }, asked);
  return rows[0]!;
};

type Rotation = { readonly keyId: string; readonly key: NewKey; readonly overlapSeconds: number; readonly asked: Asked };

const rotateKey = async (client: Client, { keyId, key, overlapSeconds, asked }: Rotation) => {
  const lives = await client.query<{ seconds: number | null }>(selectLife, [keyId]);
  const [life] = lives.rows;
  if (life === undefined) return null;
  const shortened = await client.query<ListedKey>(shortenKey, [keyId, overlapSeconds]);
  const old = shortened.rows[0]!;
  const values = [key.keyId, old.tenant, old.name, old.scopes, key.hash, asked.by, life.seconds, keyId];
  const { rows } = await client.query<ListedKey>(insertKey, values);
  const detail = { made: key.keyId, old_expires_at: old.expires_at };
  await audit(client, { action: 'key_rotated', tenant: old.tenant, keyId, detail }, asked);
  return { old, made: rows[0]! };
};

const revoke = async (client: Client, keyId: string, asked: Asked): Promise<ListedKey | null> => {
  const { rows } = await client.query<ListedKey & { readonly changed: boolean }>(revokeKey, [keyId]);
  if (rows[0] === undefined) return null;
  const { changed, ...key } = rows[0];
  if (changed) await audit(client, { action: 'key_revoked', tenant: key.tenant, keyId }, asked);
  return key;
};

const changeQuotas = async (client: Client, tenant: string, quotas: Partial<Quotas>, asked: Asked): Promise<boolean> => {
  const { rowCount } = await client.query(setQuotas, [tenant, JSON.stringify(quotas)]);
  if (rowCount !== 1) return false;
  await audit(client, { action: 'quota_set', tenant, keyId: null, detail: quotas }, asked);
  return true;
};
