// An ordered processor behind the registry of schemas: what is parked by policy fails before user code sees it, until it fits; and where the processor asks for
// a version, it is given each event in that version.
import type { SchemaPlace } from '../contract/schemas.ts';
import { versionOfBody } from '../schemas/said-version.ts';
import type { Registry } from '../schemas/registry.ts';
import type { LogEvent } from '../stream/stream.ts';
import { EventFailure } from './failure.ts';
import type { OrderedProcessor } from './processor.ts';

/** The version in which a processor wants the events of one name. */
export type ReadVersion = { readonly system_name: string; readonly event_name: string; readonly version: number };

/** The event as user code is to see it. Throws an EventFailure for one that it must not see. */
export type SchemaGate = (event: LogEvent) => LogEvent;

export const createSchemaGate = (registry: () => Registry, reads: readonly ReadVersion[] = []): SchemaGate => {
  const wanted = new Map(reads.map(({ system_name, event_name, version }) => [`${system_name}\0${event_name}`, version]));
  return (event) => {
    if ((event.schema?.parkedAt ?? null) !== null) refuseUnlessMended(event, registry());
    const version = wanted.size === 0 ? undefined : wanted.get(`${event.systemName}\0${event.eventName}`);
    return version === undefined ? event : inVersion(event, version, registry());
  };
};

export const withSchemas = <Effect>(
  processor: OrderedProcessor<Effect>,
  registry: () => Registry,
  reads: readonly ReadVersion[] = [],
): OrderedProcessor<Effect> => {
  const pass = createSchemaGate(registry, reads);
  return { ...processor, handle: (event) => processor.handle(pass(event)) };
};

/** A copy of the registry that is older than what parked the event can not say that it is right now. */
const refuseUnlessMended = (event: LogEvent, registry: Registry): void => {
  const { parkedAt, verdict } = event.schema!;
  if (registry.revision < parkedAt!)
    throw new EventFailure(verdict === 'invalid' ? 'schema_invalid' : 'schema_unknown', 'Parked by the policy for schemas.');
  const { said, metadata } = versionOfBody(event.body, event);
  const judged = registry.judge(event, said, metadata, event.body.length);
  if (judged === null || judged.action === 'accept' || judged.action === 'flag') return;
  const { version } = judged;
  if (judged.verdict === 'invalid')
    throw new EventFailure('schema_invalid', `The event does not fit version ${version} of its schema: ${placesOf(judged.places)}.`);
  throw new EventFailure(
    'schema_unknown',
    judged.verdict === 'unregistered'
      ? 'No schema is registered for the event.'
      : `The version of the event is not known: ${placesOf(judged.places)}.`,
  );
};

const placesOf = (places: readonly SchemaPlace[]): string => places.map(({ path, message }) => `${path} ${message}`).join('; ');

const inVersion = (event: LogEvent, version: number, registry: Registry): LogEvent => {
  const from = event.schema?.version ?? null;
  if (from === version) return event;
  const wants = `The processor reads version ${version} of the event`;
  if (from === null) throw new EventFailure('schema_no_cast', `${wants}, and the version of this one is not known.`);
  const cast = registry.cast(event, from, version, event.body);
  if ('noWay' in cast) throw new EventFailure('schema_no_cast', `${wants}, and this one is of version ${from}: ${cast.noWay}.`);
  if ('refused' in cast)
    throw new EventFailure(
      'schema_no_cast',
      `${wants}, and rule ${cast.refused.rule} can't be done at ${cast.refused.path}: ${cast.refused.why}.`,
    );
  return { ...event, body: cast.body, schema: { ...event.schema!, version } };
};

/** What a module with user code exports as `reads`. Throws a TypeError that says what is wrong with it. */
export const parseReads = (reads: unknown): readonly ReadVersion[] => {
  if (!Array.isArray(reads)) throw new TypeError('`reads` must be an array of { system_name, event_name, version }.');
  return reads.map((one: unknown) => {
    const { system_name, event_name, version } = (one ?? {}) as Partial<ReadVersion>;
    if (typeof system_name === 'string' && typeof event_name === 'string' && Number.isInteger(version))
      return { system_name, event_name, version: version! };
    throw new TypeError('`reads` must be an array of { system_name, event_name, version }.');
  });
};
