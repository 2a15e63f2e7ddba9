// What the query API answers on erasures: who, when, why, how far, and counts. Never a payload.
import { Type } from 'typebox';
import { count, nextCursor, nullable, strict, time, whole } from './words.ts';

export const erasurePath = strict({ erasure: whole('The number that the request was answered with.') });

export const acceptedErasureAnswer = strict({
  erasure: count(),
  known: Type.Boolean({ description: 'The same request came before: this is its erasure.' }),
});

const places = (description: string) => Type.Record(Type.String(), count(), { description });

export const erasureAnswer = strict({
  erasure: count(),
  system_name: Type.String(),
  object_id: Type.String(),
  dry_run: Type.Boolean(),
  requested_by: Type.String(),
  why: Type.String(),
  requested_at: time(),
  key_id: nullable(Type.String({ description: 'Of the API key with which it was asked for.' })),
  phase: Type.String({ description: 'count, log, lanes, records, search, vacuum, done.' }),
  before: places('Rows that held data of it, by place.'),
  erased: places('Rows that were overwritten or removed, by place.'),
  after: nullable(places('Rows that still hold data of it, as the last search found: all 0 once it is done.')),
  rounds: count('Searches that found something left, after which it was done again.'),
  waits_for: nullable(Type.String({ description: 'Why it does not go on at the moment.' })),
  not_ours: Type.Array(Type.String(), {
    description: "Processors of a team's own that do not say how an object's rows are found in each of their tables: erase there too.",
  }),
  done_at: nullable(time()),
  worker: nullable(Type.String({ description: 'Which finished it.' })),
});

export const erasuresAnswer = strict({ erasures: Type.Array(erasureAnswer, { description: 'Newest first.' }), next_cursor: nextCursor });
