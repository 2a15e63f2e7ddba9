// An event as one of another version of its schema, by the casts that are declared between them.
import { compileCheck } from '../schemas/compile-check.ts';
import { createRegistry, type RegisteredSchema, type Registry } from '../schemas/registry.ts';
import { type EventRow, eventJson } from './event-row.ts';
import type { ReadDatabase } from './read-database.ts';
import { invalidQuery } from './request-problem.ts';

const select = `
  select tenant, system_name as "systemName", event_name as "eventName", version, schema, retired_at is not null as "isRetired",
         upcast::text as upcast, downcast::text as downcast
  from event_schemas where tenant = $1 and system_name = $2 and event_name = $3`;

export const registryOf = async ({ tenant, system_name, event_name }: EventRow, database: ReadDatabase): Promise<Registry> => {
  const schemas = await database.query<RegisteredSchema>('SELECT event_schemas', select, [tenant, system_name, event_name]);
  return createRegistry({ revision: 0, schemas, policies: [] }, compileCheck);
};

export const eventInVersion = (row: EventRow, version: number, registry: Registry): string => {
  const fail = (why: string) => invalidQuery([{ parameter: 'as_version', message: `can't be ${version} for event ${row.id}: ${why}.` }]);
  if (row.schema_version === null) throw fail('the version that it is of is not known');
  const key = { tenant: row.tenant, systemName: row.system_name, eventName: row.event_name };
  const cast = row.schema_version === version ? { body: row.body, lost: [] } : registry.cast(key, row.schema_version, version, row.body);
  if ('noWay' in cast) throw fail(cast.noWay);
  if ('refused' in cast) throw fail(`rule ${cast.refused.rule} can't be done at ${cast.refused.path}, as ${cast.refused.why}`);
  const more = JSON.stringify({ as_version: version, lost: cast.lost });
  return `${eventJson({ ...row, body: cast.body }).slice(0, -1)},${more.slice(1)}`;
};
