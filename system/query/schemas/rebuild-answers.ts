// What the query API answers on the versions of a read model.
import { Type } from 'typebox';
import { rebuildable, rebuildActions } from '../../contract/rebuild.ts';
import { count, nextCursor, nullable, signed, strict, text, time, whole } from './words.ts';

const action = Type.Enum([...rebuildActions]);
const readModel = Type.Enum([...rebuildable]);

export const rebuildPath = strict({ read_model: text(128, 'The read model, by the processor that writes it.') });
export const comparisonPath = strict({ comparison: whole('The number of the comparison.') });

export const rebuildDoneAnswer = strict({
  read_model: readModel,
  action,
  version: count('The version that it is about.'),
  known: Type.Boolean({ description: 'The same request came before: this is its answer.' }),
  detail: nullable(Type.String({ description: 'What it was forced past.' })),
});

const comparison = strict({
  comparison: count(),
  version: count(),
  against: count(),
  requested_by: Type.String(),
  why: Type.String(),
  requested_at: time(),
  done_at: nullable(time()),
  outcome: nullable(Type.Union([Type.Literal('equal'), Type.Literal('different'), Type.Literal('failed')])),
  problem: nullable(Type.String({ description: 'Why it does not go on, or why it failed.' })),
  ranges: count('Of keys, compared so far.'),
  keys: count(),
  entries: count('Of the new version.'),
  entries_against: count('Of the old one.'),
  differing: count('Keys.'),
  counts_differing: count('Counts per minute.'),
  counts_unsettled: count('Counts per minute that traffic left no moment to compare.'),
});

export const rebuildAnswer = strict({
  read_model: readModel,
  served_version: count('The one that is read.'),
  versions: Type.Array(
    strict({
      version: count(),
      state: Type.String({ description: 'building, active or retired.' }),
      code: count('The version whose code it runs.'),
      beside: nullable(count('The version beside which it was built.')),
      rate_per_second: nullable(Type.Number({ description: 'At most; 0: as fast as live traffic stays fresh.' })),
      started_at: nullable(time()),
      head: count('The sum over its lanes.'),
      position: count('The sum over its lanes.'),
      lag: signed('Events that it has not passed.'),
      lag_seconds: Type.Number({ description: 'Age of the oldest of them; 0 with none.' }),
      lanes_held: count('Lanes that a worker holds now.'),
      applied: count(),
      ignored: count(),
      skipped: count('Erased, given up, or dropped by retention before it began.'),
      parked: count(),
      pending: count(),
      dead_letters: count(),
      dropped_at: nullable(time()),
      rows_removed: nullable(count('Of a version that was given up.')),
    }),
  ),
  comparison: nullable(comparison),
  actions: Type.Array(
    strict({
      entry: count(),
      at: time(),
      action,
      version: count(),
      is_forced: Type.Boolean(),
      outcome: Type.Union([Type.Literal('done'), Type.Literal('refused')]),
      detail: nullable(Type.String()),
      requested_by: Type.String(),
      why: Type.String(),
      key_id: nullable(Type.String({ description: 'Of the API key with which it was asked for.' })),
    }),
    { description: 'The last twenty, newest first.' },
  ),
});

export const comparisonAnswer = strict({
  comparison,
  ranges: Type.Array(
    strict({
      range: count(),
      last_system_name: Type.String(),
      last_object_id: Type.String(),
      keys: count(),
      entries: count(),
      entries_against: count(),
      hash: Type.String(),
      hash_against: Type.String(),
    }),
    { description: 'Those whose hashes differ; the first thousand.' },
  ),
  differences: Type.Array(
    strict({
      tenant: Type.String(),
      system_name: Type.String(),
      object_id: Type.String(),
      entries: count(),
      entries_against: count(),
      first_entry: count('The first that differs.'),
      fields: Type.Array(Type.String(), { description: 'Of that entry; empty: one version has none.' }),
      state: nullable(Type.String({ description: 'Of the key in the park of the new version.' })),
      state_against: nullable(Type.String()),
    }),
    { description: 'By key; the first thousand are kept.' },
  ),
  sample: Type.Array(strict({ system_name: Type.String(), object_id: Type.String() }), {
    description: 'Keys from all ranges, for reads of both versions (GET /timelines/… with `version`).',
  }),
  next_cursor: nextCursor,
});
