// One state of the registry in memory: judges events at the door, and casts them for whoever asks for a version. No I/O; a newer state is another one.
import type { SchemaAction, SchemaPlace, SchemaVerdict } from '../contract/schemas.ts';
import { applyCast, type CastEnd } from './apply-cast.ts';
import type { Cast } from './cast-rules.ts';
import type { compileCheck, MetadataCheck } from './compile-check.ts';

export type SchemaKey = { readonly tenant: string; readonly systemName: string; readonly eventName: string };

export type RegisteredCast = Cast | 'identity' | null;

export type RegisteredSchema = SchemaKey & {
  readonly version: number;
  /** JSON text. */
  readonly schema: string;
  readonly isRetired: boolean;
  /** JSON text of a RegisteredCast, read for each event that is cast: as values they could take twenty times as much memory. null: there is none. */
  readonly upcast: string | null;
  readonly downcast: string | null;
};

/** '' stands for any. */
export type PolicyRow = SchemaKey & {
  readonly unregistered: SchemaAction | null;
  readonly unknown_version: Exclude<SchemaAction, 'accept'> | null;
  readonly invalid: Exclude<SchemaAction, 'accept'> | null;
  readonly unversioned: number | null;
};

export type RegistryRows = {
  readonly revision: number;
  readonly schemas: readonly RegisteredSchema[];
  readonly policies: readonly PolicyRow[];
};

/** What an event says of its version. none: nothing. other: something that names no version of its own. */
export type SaidVersion = number | 'none' | 'other';

export type Judged = {
  readonly version: number | null;
  readonly verdict: SchemaVerdict | null;
  readonly action: SchemaAction;
  readonly places: readonly SchemaPlace[];
  readonly revision: number;
};

export type Registry = {
  readonly revision: number;
  /** null: the registry has nothing to say of it. `bytes`: about how large it is. */
  judge(key: SchemaKey, said: SaidVersion, metadata: unknown, bytes: number): Judged | null;
  /** `body`: the event's text, of which `metadata` is cast. */
  cast(key: SchemaKey, from: number, to: number, body: string): CastEnd | { readonly noWay: string };
};

/** A schema never changes, so that a check that was made once serves every later state. */
export type CompiledChecks = Map<string, MetadataCheck>;

type Versions = { readonly byNumber: ReadonlyMap<number, RegisteredSchema>; readonly ascending: readonly number[] };

const nameOf = ({ tenant, systemName, eventName }: SchemaKey): string => `${tenant}\0${systemName}\0${eventName}`;

/** `compile` is for rows with schemas. */
export const createRegistry = (
  { revision, schemas, policies }: RegistryRows,
  compile: typeof compileCheck,
  checks: CompiledChecks = new Map(),
): Registry => {
  const versionsOf = new Map([...Map.groupBy(schemas, nameOf)].map(([name, rows]) => [name, toVersions(rows)]));
  const policyOf = new Map(policies.map((policy) => [nameOf(policy), policy]));
  const isEmpty = schemas.length === 0 && policies.length === 0;

  const policy = <Name extends 'unregistered' | 'unknown_version' | 'invalid'>(
    { tenant, systemName, eventName }: SchemaKey,
    name: Name,
  ) => {
    if (policyOf.size === 0) return null;
    return (
      policyOf.get(nameOf({ tenant, systemName, eventName }))?.[name] ??
      policyOf.get(nameOf({ tenant, systemName, eventName: '' }))?.[name] ??
      policyOf.get(nameOf({ tenant, systemName: '', eventName: '' }))?.[name] ??
      null
    );
  };
  const checkOf = (row: RegisteredSchema): MetadataCheck => {
    const id = `${nameOf(row)}\0${row.version}`;
    const made = checks.get(id) ?? compile(JSON.parse(row.schema));
    checks.set(id, made);
    return made;
  };
  const judge: Registry['judge'] = (key, said, metadata, bytes) => {
    if (isEmpty) return typeof said === 'number' ? nothingKnown(said, revision) : null;
    const name = nameOf(key);
    const versions = versionsOf.get(name);
    const end = (
      version: number | null,
      verdict: SchemaVerdict | null,
      action: SchemaAction,
      places: readonly SchemaPlace[] = [],
    ): Judged => ({
      version,
      verdict: action === 'accept' ? null : verdict,
      action,
      places,
      revision,
    });
    if (versions === undefined) {
      const action = policy(key, 'unregistered') ?? 'accept';
      if (action === 'accept') return typeof said === 'number' ? nothingKnown(said, revision) : null;
      return end(typeof said === 'number' ? said : null, 'unregistered', action);
    }
    const version = said === 'none' ? (policyOf.get(name)?.unversioned ?? null) : said === 'other' ? null : said;
    const row = version === null ? undefined : versions.byNumber.get(version);
    if (row === undefined || row.isRetired)
      return end(version, 'unknown_version', policy(key, 'unknown_version') ?? 'flag', [versionPlace(said, version, row)]);
    const places = checkOf(row).find(metadata, bytes);
    return places === null ? end(version, null, 'accept') : end(version, 'invalid', policy(key, 'invalid') ?? 'flag', places);
  };
  return {
    revision,
    judge,
    cast: (key, from, to, body) => {
      const versions = versionsOf.get(nameOf(key));
      return versions === undefined ? { noWay: 'no schema is registered for its name' } : castAlong(versions, from, to, body);
    },
  };
};

/** What it says is kept with it: its schema may be registered yet. */
const nothingKnown = (version: number, revision: number): Judged => ({ version, verdict: null, action: 'accept', places: [], revision });

const versionPlace = (said: SaidVersion, version: number | null, row: RegisteredSchema | undefined): SchemaPlace => {
  if (row?.isRetired === true) return { path: '/schema_version', message: `is ${version}, which is retired` };
  if (version !== null) return { path: '/schema_version', message: `is ${version}, which is not registered` };
  return {
    path: '/schema_version',
    message: said === 'other' ? 'is said by a dataschema of another event' : 'is missing, and no version is set for events that say none',
  };
};

const toVersions = (rows: readonly RegisteredSchema[]): Versions => ({
  byNumber: new Map(rows.map((row) => [row.version, row])),
  ascending: rows.map(({ version }) => version).toSorted((a, b) => a - b),
});

const readCast = (text: string | null): RegisteredCast => (text === null ? null : (JSON.parse(text) as RegisteredCast));

const castAlong = ({ byNumber, ascending }: Versions, from: number, to: number, body: string): CastEnd | { readonly noWay: string } => {
  const [start, end] = [ascending.indexOf(from), ascending.indexOf(to)];
  if (start < 0) return { noWay: `version ${from} is not registered` };
  if (end < 0) return { noWay: `version ${to} is not registered` };
  let now = body;
  const lost: string[] = [];
  for (let at = start; at !== end; at += start < end ? 1 : -1) {
    const row = byNumber.get(ascending[start < end ? at + 1 : at]!)!;
    const cast = readCast(start < end ? row.upcast : row.downcast);
    const step =
      start < end
        ? `from version ${ascending[at]} up to ${ascending[at + 1]}`
        : `from version ${ascending[at]} down to ${ascending[at - 1]}`;
    if (cast === null) return { noWay: `no cast is declared ${step}` };
    if (cast === 'identity') continue;
    const done = applyCast(now, cast);
    if ('refused' in done) return done;
    now = done.body;
    lost.push(...done.lost);
  }
  return { body: now, lost };
};
