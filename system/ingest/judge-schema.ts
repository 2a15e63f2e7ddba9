// What the registry of schemas says of an event at the door, and what that means for it: a refusal, or what is kept with the event and told in the answer.
import type { Accepted } from '../contract/event.ts';
import type { SchemaAction, SchemaVerdict } from '../contract/schemas.ts';
import type { Judged, Registry, SaidVersion, SchemaKey } from '../schemas/registry.ts';
import type { SchemaFinding } from '../stream/stream.ts';
import { type Refusal, refuse } from './refusal.ts';

export type SchemaJudge = {
  readonly registry: Pick<Registry, 'judge'>;
  /** Told of each delivery of which there is something to say. */
  readonly onFinding: (verdict: SchemaVerdict, action: SchemaAction) => void;
};

export type SchemaFound = { readonly schema?: SchemaFinding; readonly told?: NonNullable<Accepted['schema']> };

export type JudgedEvent = { readonly key: SchemaKey; readonly said: SaidVersion; readonly metadata: unknown; readonly bytes: number };

const nothing: SchemaFound = {};

/** Without a judge there is no registry, as in a benchmark. */
export const judgeSchema = (judge: SchemaJudge | undefined, { key, said, metadata, bytes }: JudgedEvent): SchemaFound | Refusal => {
  const judged = judge?.registry.judge(key, said, metadata, bytes) ?? null;
  if (judge === undefined || judged === null) return nothing;
  const { version, verdict, action, places, revision } = judged;
  if (verdict !== null) judge.onFinding(verdict, action);
  if (action === 'refuse') return refuseBySchema(key, judged);
  const schema = { version, verdict, parkedAt: action === 'park' ? revision : null };
  if (verdict === null || action === 'accept') return { schema };
  return { schema, told: { version, verdict, action, ...(places.length > 0 && { places: [...places] }) } };
};

const refuseBySchema = ({ systemName, eventName }: SchemaKey, { version, verdict, places }: Judged): Refusal => {
  const name = `event '${eventName}' of system '${systemName}'`;
  const words = places.map(({ path, message }) => `${path} ${message}`).join('; ');
  if (verdict === 'invalid')
    return refuse('invalid_metadata', `The ${name} does not fit version ${version} of its schema: ${words}.`, places);
  const why = verdict === 'unregistered' ? 'no schema is registered for it' : words;
  return refuse('unknown_schema', `The ${name} is not known, and such are refused: ${why}.`, places);
};
