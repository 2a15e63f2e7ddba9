// What doors read of keys and tenants: one number, and the rest when it has changed. Over a connection of its own, so that neither a heavy query nor commits that
// wait keep a key from being checked.
import { Pool } from 'pg';
import type { AccessTable, KeptKey, ReadAccessTable, TenantQuotas } from '../../access/access-table.ts';
import type { Scope } from '../../contract/access.ts';

export type AccessReaderOptions = {
  readonly databaseUrl: string;
  /** At most 63 bytes: PostgreSQL cuts there. */
  readonly applicationName: string;
};

export type AccessReader = AsyncDisposable & { readonly read: ReadAccessTable };

const withinMs = 3000;

const selectVersion = 'select version::integer from access_version';

/** One statement, and so one snapshot: the version is that of the keys beside it. */
const selectTable = `
  select v.version::integer, exists (select from api_keys) as has_keys, coalesce((
    select json_agg(json_build_object('keyId', key_id, 'tenant', tenant, 'scopes', scopes, 'hash', encode(secret_sha256, 'hex'),
                                      'expiresAtMs', floor(extract(epoch from expires_at) * 1000)))
    from api_keys where revoked_at is null and (expires_at is null or expires_at > now())
  ), '[]') as keys, (
    select json_agg(json_build_array(tenant, json_build_object('eventsPerSecond', events_per_second, 'bytesPerSecond', bytes_per_second, 'storageBytes', storage_bytes))
                    order by created_at, tenant) from tenants
  ) as tenants
  from access_version v`;

type TableRow = {
  readonly version: number;
  readonly has_keys: boolean;
  readonly keys: readonly (Omit<KeptKey, 'hash' | 'scopes'> & { readonly hash: string; readonly scopes: readonly Scope[] })[];
  readonly tenants: readonly (readonly [string, TenantQuotas])[] | null;
};

/** Nothing connects before the first read. The caller disposes it. */
export const createAccessReader = ({ databaseUrl, applicationName }: AccessReaderOptions): AccessReader => {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: applicationName,
    max: 1,
    connectionTimeoutMillis: withinMs,
    idleTimeoutMillis: 0,
    statement_timeout: withinMs,
    query_timeout: withinMs,
    keepAlive: true,
  });
  // The next read says what is wrong, where it still is.
  pool.on('error', () => {});
  // A pool that ends lets go of its connections before they are closed: one cut off just then must not end the process.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return {
    read: async (version) => {
      if (version !== null) {
        const { rows } = await pool.query<{ version: number }>(selectVersion);
        if (rows[0]!.version === version) return null;
      }
      const { rows } = await pool.query<TableRow>(selectTable);
      return tableOf(rows[0]!);
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
};

const tableOf = ({ version, has_keys: hasKeys, keys, tenants }: TableRow): AccessTable => ({
  version,
  hasKeys,
  keys: new Map(keys.map((key) => [key.keyId, { ...key, hash: Buffer.from(key.hash, 'hex') }])),
  tenants: new Map(tenants ?? []),
});
