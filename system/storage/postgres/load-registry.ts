// The registry of schemas as rows, in one snapshot; nothing but its revision where the one who asks has it already. Takes no lock.
import type { Pool } from 'pg';
import type { PolicyRow, RegistryRows } from '../../schemas/registry.ts';

const select = `
  select r.revision::double precision as revision,
    case when r.revision is distinct from $1::bigint then (
      select coalesce(json_agg(json_build_object(
        'tenant', tenant, 'systemName', system_name, 'eventName', event_name, 'version', version, 'schema', schema,
        'isRetired', retired_at is not null, 'upcast', upcast::text, 'downcast', downcast::text)), '[]')
      from event_schemas
    ) end as schemas,
    case when r.revision is distinct from $1::bigint then (
      select coalesce(json_agg(json_build_object(
        'tenant', tenant, 'systemName', system_name, 'eventName', event_name, 'unregistered', unregistered,
        'unknown_version', unknown_version, 'invalid', invalid, 'unversioned', unversioned)), '[]')
      from schema_policies
    ) end as policies
  from schema_registry r`;

type Row = { revision: number; schemas: RegistryRows['schemas'] | null; policies: readonly PolicyRow[] | null };

/** `withinMs`: a server that froze answers no statement and times none out; where the connection has no such time-out itself. */
export const loadRegistry = async (
  database: Pick<Pool, 'query'>,
  knownRevision: number | null,
  withinMs = 0,
): Promise<RegistryRows | null> => {
  const query = { text: select, values: [knownRevision], query_timeout: withinMs };
  const { rows } = await database.query<Row>(query);
  const { revision, schemas, policies } = rows[0]!;
  return schemas === null || policies === null ? null : { revision, schemas, policies };
};
