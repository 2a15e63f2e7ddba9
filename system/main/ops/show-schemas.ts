// What `npm run ops -- schemas` prints of the registry.
import type { Api } from './api.ts';
import { exitCodes } from './exit-codes.ts';
import type { OpsSurroundings } from './surroundings.ts';
import { fields, shown, table } from './table.ts';

type Out = Pick<OpsSurroundings, 'out'>;
type Filters = { readonly system?: string; readonly event?: string };

type Listed = {
  readonly system_name: string;
  readonly event_name: string;
  readonly version: number;
  readonly owner: string;
  readonly compatibility: string;
  readonly registered_at: string;
  readonly registered_by: string;
  readonly retired_at: string | null;
};
type Cast = { readonly rules: readonly object[]; readonly loses?: readonly string[] } | 'identity' | null;
type Shown = Listed & { readonly schema: unknown; readonly examples: readonly unknown[]; readonly upcast: Cast; readonly downcast: Cast };
type Policy = {
  readonly system_name: string | null;
  readonly event_name: string | null;
  readonly unregistered: string | null;
  readonly unknown_version: string | null;
  readonly invalid: string | null;
  readonly unversioned: number | null;
  readonly set_by: string;
};
type Broken = { readonly path: string; readonly message: string; readonly direction: string; readonly against: number };

export type RegisteredAnswer = {
  readonly known: boolean;
  readonly dry_run: boolean;
  readonly upcast: Cast;
  readonly downcast: Cast;
  readonly breaks: readonly Broken[];
};

const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export const listSchemas = async (api: Api, { system, event }: Filters, json: boolean, { out }: Out): Promise<number> => {
  const { schemas, next_cursor } = await api.get<{ schemas: readonly Listed[]; next_cursor: string | null }>('/schemas', {
    system_name: system,
    event_name: event,
    limit: 1000,
  });
  if (json) out(asJson({ schemas, next_cursor }));
  else if (schemas.length === 0) out('No schemas.\n');
  else {
    const rows = schemas.map((one) => [
      one.system_name,
      one.event_name,
      one.version,
      one.owner,
      one.compatibility,
      one.registered_at,
      one.retired_at,
    ]);
    out(table(['SYSTEM', 'EVENT', 'VERSION', 'OWNER', 'COMPATIBILITY', 'REGISTERED', 'RETIRED'], rows));
    if (next_cursor !== null) out('There are more: narrow them by --system and --event.\n');
  }
  return exitCodes.done;
};

export const showSchema = async (
  api: Api,
  { system, event, version }: { readonly system: string; readonly event: string; readonly version: number },
  json: boolean,
  { out }: Out,
): Promise<number> => {
  const one = await api.get<Shown>(`/schemas/${encodeURIComponent(system)}/${encodeURIComponent(event)}/${version}`);
  if (json) {
    out(asJson(one));
    return exitCodes.done;
  }
  out(
    fields({
      event: `${one.system_name} ${one.event_name}, version ${one.version}`,
      owner: one.owner,
      compatibility: one.compatibility,
      registered: `${one.registered_at} by ${one.registered_by}`,
      retired: one.retired_at ?? 'no',
      upcast: describeCast(one.upcast),
      downcast: describeCast(one.downcast),
      examples: one.examples.length,
    }),
  );
  out(`${shownSchema(one.schema)}\n`);
  return exitCodes.done;
};

const shownSchema = (schema: unknown) => JSON.stringify(schema, null, 2).split('\n').map(shown).join('\n');

const describeCast = (cast: Cast): string => {
  if (cast === null) return 'none';
  if (cast === 'identity') return 'as it is: what fits the one fits the other';
  const loses = cast.loses === undefined || cast.loses.length === 0 ? '' : `, loses ${cast.loses.join(', ')}`;
  return `${cast.rules.length} rule${cast.rules.length === 1 ? '' : 's'}${loses}`;
};

export const describeRegistered = ({ known, dry_run: isDryRun, upcast, downcast, breaks }: RegisteredAnswer): string => {
  const what = known ? 'It is registered already, just so.' : isDryRun ? 'It would be registered.' : 'It is registered.';
  const broken = breaks.map(
    ({ direction, against, path, message }) => `breaks ${direction} with version ${against}: ${shown(path)} ${shown(message)}\n`,
  );
  return `${what}\n${fields({ upcast: describeCast(upcast), downcast: describeCast(downcast) })}${broken.join('')}`;
};

export const listPolicies = async (api: Api, { system, event }: Filters, json: boolean, { out }: Out): Promise<number> => {
  const { policies } = await api.get<{ policies: readonly Policy[] }>('/schema-policies');
  const chosen = policies.filter(
    ({ system_name, event_name }) => (system === undefined || system_name === system) && (event === undefined || event_name === event),
  );
  if (json) out(asJson({ policies: chosen }));
  else {
    const rows = chosen.map((one) => [
      one.system_name ?? 'any',
      one.event_name ?? 'any',
      one.unregistered,
      one.unknown_version,
      one.invalid,
      one.unversioned,
      one.set_by,
    ]);
    if (rows.length > 0) out(table(['SYSTEM', 'EVENT', 'UNREGISTERED', 'UNKNOWN VERSION', 'INVALID', 'UNVERSIONED', 'SET BY'], rows));
    out('Where nothing is set: accept what has no schema, flag what is of an unknown version or invalid.\n');
  }
  return exitCodes.done;
};
