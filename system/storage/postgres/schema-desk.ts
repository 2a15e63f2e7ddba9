// The registry's desk on PostgreSQL: each change in one transaction, under the registry's one row, with its audit and a new revision.
import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import { mostSchemaBytes, mostSchemaVersions } from '../../contract/schemas.ts';
import { bytesOfSchema, type Earlier, evaluateSchema } from '../../schemas/evaluate.ts';
import type { Access } from '../../access/access-keys.ts';
import type { RegisteredCast } from '../../schemas/registry.ts';
import type { Refused, Registered, SchemaDesk } from '../../schemas/schema-desk.ts';
import type { PolicyRequest, RegisterRequest, RetireRequest } from '../../schemas/schema-requests.ts';

export const createSchemaDesk = (pool: Pool): SchemaDesk => {
  const change = async <Answer extends { readonly kind: string }>(
    work: (client: PoolClient) => Promise<Answer>,
    isDryRun = false,
  ): Promise<Answer> => {
    const client = await pool.connect();
    let failed = true;
    try {
      await client.query('begin');
      // Everyone who changes the registry waits here, so that what was compared is what is there. Who reads it does not.
      await client.query('select revision from schema_registry for update');
      const answer = await work(client);
      await client.query(!isDryRun && ['registered', 'retired', 'set'].includes(answer.kind) ? 'commit' : 'rollback');
      failed = false;
      return answer;
    } finally {
      // A connection in an unknown state is closed: its transaction is rolled back.
      client.release(failed);
    }
  };
  return {
    register: (request, by) => change((client) => register(client, request, by), request.dry_run ?? false),
    retire: (request, by) => change((client) => retire(client, request, by)),
    setPolicy: (request, by) => change((client) => setPolicy(client, request, by)),
  };
};

const countUp = 'update schema_registry set revision = revision + 1';

const insertAudit = `
  insert into schema_audit (action, requested_by, why, tenant, system_name, event_name, version, detail, key_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

type Change = Pick<RetireRequest, 'requested_by' | 'why'> & {
  readonly system_name?: string;
  readonly event_name?: string;
  readonly version?: number;
};

const record = async (
  client: PoolClient,
  action: 'register' | 'retire' | 'policy',
  change: Change,
  detail: object,
  { tenant, keyId }: Access,
): Promise<void> => {
  const { requested_by, why, system_name = '', event_name = '', version = null } = change;
  await client.query(insertAudit, [action, requested_by, why, tenant, system_name, event_name, version, JSON.stringify(detail), keyId]);
  await client.query(countUp);
};

const selectEarlier = `
  select tenant, system_name as "systemName", event_name as "eventName", version, schema, owner, compatibility, retired_at is not null as "isRetired",
         upcast, downcast, examples
  from event_schemas where tenant = $1 and system_name = $2 and event_name = $3 order by version`;

type EarlierRow = Omit<Earlier, 'examples'> & {
  readonly examples: string;
  readonly owner: string;
  readonly compatibility: string;
  readonly upcast: RegisteredCast;
  readonly downcast: RegisteredCast;
};

const selectKept = `
  select count(*)::integer as versions,
         coalesce(sum(octet_length(schema) + octet_length(examples) + octet_length(concat(upcast, downcast))), 0)::double precision as bytes
  from event_schemas where tenant = $1`;

const insertSchema = `
  insert into event_schemas (tenant, system_name, event_name, version, schema, owner, compatibility, upcast, downcast, examples, registered_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

const register = async (client: PoolClient, request: RegisterRequest, by: Access): Promise<Registered | Refused> => {
  const { system_name, event_name, version, schema, owner, compatibility, examples = [], requested_by } = request;
  const { rows } = await client.query<EarlierRow>(selectEarlier, [by.tenant, system_name, event_name]);
  const same = rows.find((row) => row.version === version);
  if (same !== undefined) return whereKnown(same, request);
  const highest = rows.at(-1)?.version ?? 0;
  if (version < highest)
    return { kind: 'conflict', message: `Version ${highest} is registered, and versions only go up: register this as ${highest + 1}.` };
  const full = await refuseFull(client, request, by);
  if (full !== null) return full;
  const evaluation = evaluateSchema(
    request,
    rows.map((row) => ({ ...row, examples: JSON.parse(row.examples) as readonly unknown[] })),
  );
  if (evaluation.kind !== 'fits') return evaluation;
  const { upcast, downcast, breaks } = evaluation;
  const casts = [upcast, downcast].map((cast) => (cast === null ? null : JSON.stringify(cast)));
  const values = [
    by.tenant,
    system_name,
    event_name,
    version,
    JSON.stringify(schema),
    owner,
    compatibility,
    ...casts,
    JSON.stringify(examples),
    requested_by,
  ];
  await client.query(insertSchema, values);
  await record(client, 'register', request, { owner, compatibility, breaks: breaks.length }, by);
  return { kind: 'registered', known: false, upcast, downcast, breaks };
};

/** What is registered already stays, however large. */
const refuseFull = async (client: PoolClient, request: RegisterRequest, { tenant }: Access): Promise<Refused | null> => {
  const { rows } = await client.query<{ versions: number; bytes: number }>(selectKept, [tenant]);
  const { versions, bytes } = rows[0]!;
  if (versions >= mostSchemaVersions)
    return { kind: 'full', message: `There are ${versions} versions of schemas, as many as a tenant may have: this was not registered.` };
  const more = bytesOfSchema(request);
  if (bytes + more <= mostSchemaBytes) return null;
  const kept = `The schemas that are registered take ${bytes} bytes with their casts and examples, and this one ${more}; a tenant may have ${mostSchemaBytes}.`;
  return { kind: 'full', message: `${kept} Leave out descriptions and examples: every process holds them all.` };
};

const whereKnown = (
  row: EarlierRow,
  { schema, owner, compatibility, upcast, downcast, version }: RegisterRequest,
): Registered | Refused => {
  const isSame =
    isDeepStrictEqual(JSON.parse(row.schema), schema) &&
    row.owner === owner &&
    row.compatibility === compatibility &&
    (upcast === undefined || isDeepStrictEqual(row.upcast, upcast)) &&
    (downcast === undefined || isDeepStrictEqual(row.downcast, downcast));
  if (isSame) return { kind: 'registered', known: true, upcast: row.upcast, downcast: row.downcast, breaks: [] };
  return {
    kind: 'conflict',
    message: `Version ${version} is registered with another content, and versions never change: register this as a higher one.`,
  };
};

const retire = async (client: PoolClient, request: RetireRequest, by: Access): ReturnType<SchemaDesk['retire']> => {
  const { system_name, event_name, version, requested_by } = request;
  const place = [by.tenant, system_name, event_name, version];
  const { rowCount } = await client.query(
    `update event_schemas set retired_at = now(), retired_by = $5
     where tenant = $1 and system_name = $2 and event_name = $3 and version = $4 and retired_at is null`,
    [...place, requested_by],
  );
  if (rowCount === 1) {
    await record(client, 'retire', request, {}, by);
    return { kind: 'retired', known: false };
  }
  const found = await client.query(
    'select from event_schemas where tenant = $1 and system_name = $2 and event_name = $3 and version = $4',
    place,
  );
  if (found.rowCount === 1) return { kind: 'retired', known: true };
  return { kind: 'missing', message: `Version ${version} of event '${event_name}' of system '${system_name}' is not registered.` };
};

const upsertPolicy = `
  insert into schema_policies (tenant, system_name, event_name, unregistered, unknown_version, invalid, unversioned, set_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (tenant, system_name, event_name) do update
  set unregistered = excluded.unregistered, unknown_version = excluded.unknown_version, invalid = excluded.invalid,
      unversioned = excluded.unversioned, set_by = excluded.set_by, set_at = now()`;

const setPolicy = async (client: PoolClient, request: PolicyRequest, by: Access): ReturnType<SchemaDesk['setPolicy']> => {
  const { system_name = '', event_name = '', unregistered = null, unknown_version = null, invalid = null, unversioned = null } = request;
  if (unversioned !== null) {
    const known =
      'select from event_schemas where tenant = $1 and system_name = $2 and event_name = $3 and version = $4 and retired_at is null';
    const { rowCount } = await client.query(known, [by.tenant, system_name, event_name, unversioned]);
    if (rowCount === 0)
      return { kind: 'problems', problems: [{ path: '/unversioned', message: `is ${unversioned}, which is not registered or retired` }] };
  }
  const settings = [unregistered, unknown_version, invalid, unversioned];
  // A row that says nothing is none.
  if (settings.every((one) => one === null))
    await client.query('delete from schema_policies where tenant = $1 and system_name = $2 and event_name = $3', [
      by.tenant,
      system_name,
      event_name,
    ]);
  else await client.query(upsertPolicy, [by.tenant, system_name, event_name, ...settings, request.requested_by]);
  await record(client, 'policy', request, { unregistered, unknown_version, invalid, unversioned }, by);
  return { kind: 'set' };
};
