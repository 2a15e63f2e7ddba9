// What the stub keeps, and how it gets it wrong: pure state, so that its counts can be trusted.
import { createHash } from 'node:crypto';
import type { FinalRow } from '../../history/final-state.ts';
import { keyOf, type RowOf } from '../../history/run-index.ts';
import { createRandom } from '../../traffic/random.ts';
import type { StubOptions, StubState } from './stub-options.ts';

export type StubAnswer = { readonly id: number; readonly key: string; readonly answered: boolean };
export type StubStore = {
  /** Takes the raw text of an event. */
  take(body: string): StubAnswer;
  state(): Omit<StubState, 'answeredAt'>;
};

const lanes = 8;
type Sent = {
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly id: string;
  readonly sequence?: number;
};

export const createStubStore = (options: StubOptions): StubStore => {
  const random = createRandom(options.seed, 'stub');
  const log: RowOf<'log'>[] = [];
  const timelines = new Map<string, RowOf<'log'>[]>();
  const justSwapped = new Set<string>();
  const heads = Array.from({ length: lanes }, () => 0);
  const counts = { received: 0, lost: 0, dropped: 0, duplicated: 0, reordered: 0 };
  const keep = (sent: Sent, body: string): RowOf<'log'> => {
    const row = rowOf(sent, body, log.length + 1, heads);
    log.push(row);
    const timeline = timelines.get(keyOf(row)) ?? [];
    timelines.set(keyOf(row), timeline);
    const before = timeline.at(-1);
    const swaps = random.chance(options.reorderShare) && before !== undefined && !justSwapped.has(keyOf(row));
    if (swaps) timeline.splice(-1, 1, row, before);
    else timeline.push(row);
    if (swaps) justSwapped.add(keyOf(row));
    else justSwapped.delete(keyOf(row));
    if (swaps) counts.reordered += 1;
    return row;
  };
  return {
    take: (body) => {
      const sent = JSON.parse(body) as Sent;
      counts.received += 1;
      if (random.chance(options.loseShare)) {
        counts.lost += 1;
        return { id: 1_000_000 + counts.received, key: sent.id, answered: true };
      }
      const { id } = keep(sent, body);
      if (random.chance(options.duplicateShare)) {
        counts.duplicated += 1;
        keep(sent, body);
      }
      const answered = !random.chance(options.dropShare);
      if (!answered) counts.dropped += 1;
      return { id, key: sent.id, answered };
    },
    state: () => ({ counts: { ...counts }, rows: rowsOf(log, timelines, heads) }),
  };
};

const rowOf = (sent: Sent, body: string, id: number, heads: number[]): RowOf<'log'> => {
  const [systemName, objectId, at] = [sent.system_name, sent.object_id, Date.now()];
  const lane = createHash('sha256').update(`${systemName}/${objectId}`).digest().readUInt8() % lanes;
  const position = (heads[lane] ?? 0) + 1;
  heads[lane] = position;
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  const identity = { idempotencyKey: sent.id, sequence: sent.sequence ?? null, bodySha256 };
  const minute = Math.floor(Date.parse(sent.event_time) / 60_000) * 60_000;
  return {
    kind: 'log',
    lane,
    position,
    id,
    systemName,
    objectId,
    eventName: sent.event_name,
    minute,
    ...identity,
    receivedAt: at,
    appendedAt: at,
  };
};

const rowsOf = (
  log: readonly RowOf<'log'>[],
  timelines: ReadonlyMap<string, readonly RowOf<'log'>[]>,
  heads: readonly number[],
): FinalRow[] => [
  ...log,
  ...log.map(({ kind: _kind, appendedAt, minute: _minute, eventName = '', ...row }): FinalRow => ({
    ...row,
    kind: 'event',
    eventName,
    appliedAt: appendedAt,
  })),
  ...[...timelines.values()].flatMap((rows) => rows.map(entryOf)),
  ...countsOf(log),
  ...heads.flatMap((head, lane) => bookRows(lane, head)),
];

const entryOf = (
  { systemName, objectId, id, eventName = '', sequence, lane, position, appendedAt }: RowOf<'log'>,
  place: number,
): FinalRow => ({
  kind: 'timeline-entry',
  systemName,
  objectId,
  entry: place + 1,
  eventId: id,
  eventName,
  sequence,
  lane,
  position,
  appliedAt: appendedAt,
});

const countsOf = (log: readonly RowOf<'log'>[]): FinalRow[] =>
  [...Map.groupBy(log, ({ lane, systemName, eventName, minute }) => JSON.stringify([lane, systemName, eventName, minute])).values()].map(
    (rows) => {
      const { lane, systemName, eventName = '', minute = 0 } = rows[0]!;
      return { kind: 'count', lane, systemName, eventName, minute, count: rows.length };
    },
  );

const bookRows = (lane: number, head: number): FinalRow[] => [
  { kind: 'lane', lane, head, duplicates: 0, conflicts: 0 },
  ...['events', 'timelines'].flatMap((processor): FinalRow[] => {
    const none = { ignored: 0, parked: 0, pending: 0, discarded: 0, skipped: 0, shed: 0 };
    return [
      { kind: 'checkpoint', processor, version: 1, lane, position: head, epoch: 1, applied: head, ...none },
      { kind: 'recount', processor, version: 1, lane, effects: head, parked: 0, pending: 0 },
    ];
  }),
];
