// Bad histories for the checks of what clients were promised.
import { withErasure } from '../../../checkers/testing/simulated-erasure.ts';
import { changeFirst, withOperations, withRows, type SimulatedRun } from '../../../checkers/testing/simulated-run.ts';
import type { Operation } from '../../../history/operation.ts';
import { keyOf, type RowOf } from '../../../history/run-index.ts';
import type { CheckerCase } from './checker-case.ts';
import { lossy, numbered, quiet } from './runs.ts';

const unknown: Partial<Operation> = { outcome: 'unknown', status: null, id: null, duplicate: null };
const firstUnknown = (): SimulatedRun => withOperations(quiet(), (operations) => changeFirst(operations, unknown));
const sentFirst = ({ idempotencyKey }: { readonly idempotencyKey: string | null }): boolean =>
  idempotencyKey === quiet().operations.at(0)?.idempotencyKey;
const without = (run: SimulatedRun, kind: 'log' | 'event'): SimulatedRun =>
  withRows(run, kind, (rows) => rows.filter((row) => !sentFirst(row)));

/** Entries 2 and 3 of the first timeline change their events. */
const swapped = (rows: readonly RowOf<'timeline-entry'>[]): RowOf<'timeline-entry'>[] => {
  const ofKey = rows.filter((row) => keyOf(row) === keyOf(rows[0] as RowOf<'timeline-entry'>));
  const [second, third] = [2, 3].map((number) => ofKey.find(({ entry }) => entry === number) as RowOf<'timeline-entry'>);
  return rows.map((row) => (row === second ? { ...third!, entry: 2 } : row === third ? { ...second!, entry: 3 } : row));
};

const again = (change: Partial<Operation>): SimulatedRun =>
  withOperations(quiet(), (operations) => {
    const [first] = operations as readonly [Operation, ...Operation[]];
    const later = { op: 9000, delivery: 'duplicate', duplicate: true, handedAt: first.doneAt + 1000, doneAt: first.doneAt + 1005 } as const;
    return [...operations, { ...first, ...later, ...change }];
  });

const lateBooks = (cooked: number): SimulatedRun => {
  const { books } = quiet();
  const rows = books?.rows.map((sample, second) =>
    second === 3 ? { ...sample, rows: sample.rows.with(0, { ...sample.rows[0]!, applied: sample.rows[0]!.applied - cooked }) } : sample,
  );
  return { ...quiet(), books: { complete: true, rows: rows ?? [] } };
};

export const safetyCases: readonly CheckerCase[] = [
  {
    check: 'lost',
    bad: 'fail',
    red: ['one acknowledged event is not in the log', () => without(quiet(), 'log')],
    green: ['it ended unknown for its client, so nothing was promised', () => without(firstUnknown(), 'log')],
  },
  {
    check: 'recovered',
    bad: 'fail',
    red: ['an event that ended unknown is in the log, and its row is missing', () => without(firstUnknown(), 'event')],
    green: ['it is there wholly', firstUnknown],
  },
  {
    check: 'phantom',
    bad: 'fail',
    red: ['the log has a row that nobody sent', () => withRows(quiet(), 'log', (rows) => changeFirst(rows, { idempotencyKey: 'nobody' }))],
    green: ['its sender got no answer', firstUnknown],
  },
  {
    check: 'duplicate-in-log',
    bad: 'fail',
    red: [
      'one event is in the log twice',
      () => withRows(quiet(), 'log', (rows) => [...rows, { ...rows[0]!, position: 9000, id: 9_000_000 }]),
    ],
    green: ['it was delivered twice, and is there once', () => again({})],
  },
  {
    check: 'duplicate-effect',
    bad: 'fail',
    red: ['one event has two entries', () => withRows(quiet(), 'timeline-entry', (rows) => [...rows, { ...rows[0]!, entry: 900 }])],
    green: ['deliveries came twice', numbered],
  },
  {
    check: 'conflicting-effect',
    bad: 'fail',
    red: ['the log has another body than was sent', () => withRows(quiet(), 'log', (rows) => changeFirst(rows, { bodySha256: 'another' }))],
    green: ['the body came twice, the same', () => again({})],
  },
  {
    check: 'redelivery',
    bad: 'fail',
    red: [
      'a repeated delivery is refused as a conflict',
      () => again({ outcome: 'failed', status: 409, code: 'idempotency_conflict', id: null, duplicate: null }),
    ],
    green: ['it is refused for load', () => again({ outcome: 'failed', status: 503, code: 'overloaded', id: null, duplicate: null })],
  },
  {
    check: 'order-per-key',
    bad: 'fail',
    red: ['two entries of a key changed places', () => withRows(quiet(), 'timeline-entry', swapped)],
    green: ['events came out of order and were applied in order', numbered],
  },
  {
    check: 'gapless',
    bad: 'fail',
    red: ['a position is missing in a lane', () => withRows(quiet(), 'log', (rows) => rows.slice(1))],
    green: ['rows come in any order', () => withRows(quiet(), 'log', (rows) => rows.toReversed())],
  },
  {
    check: 'read-model',
    bad: 'fail',
    red: ['a count is one too high', () => withRows(quiet(), 'count', (rows) => changeFirst(rows, { count: rows[0]!.count + 1 }))],
    green: ['the log came out of order, and twice', numbered],
  },
  {
    check: 'accounting',
    bad: 'fail',
    red: [
      'a term of the books is one short',
      () => withRows(quiet(), 'checkpoint', (rows) => changeFirst(rows, { applied: rows[0]!.applied - 1 })),
    ],
    green: ['early events waited on the way', numbered],
  },
  {
    check: 'accounting-over-time',
    bad: 'fail',
    red: ['a term was one short in the fourth second, and right at the end', () => lateBooks(1)],
    green: ['the books were read often, and right', () => lateBooks(0)],
  },
  {
    check: 'counted-loss',
    bad: 'fail',
    red: [
      'one datagram less is counted as dropped than is missing',
      () => withRows(lossy(), 'datagram-door', (rows) => rows.map((row) => ({ ...row, kernelDropped: (row.kernelDropped ?? 0) - 1 }))),
    ],
    green: ['one in ten was dropped, and counted', lossy],
  },
  {
    check: 'erased-unasked',
    bad: 'fail',
    red: ['an object was erased, and nobody asked for it', () => ({ ...withErasure(quiet()).run, evidence: [] })],
    green: ['somebody asked for it', () => withErasure(quiet()).run],
  },
  {
    check: 'drained',
    bad: 'fail',
    red: [
      'something never drained',
      () => ({ ...quiet(), timeline: { ...quiet().timeline, drainedAt: null, drainPending: ['3 events'] } }),
    ],
    green: [
      'it drained at its bound',
      () => ({ ...quiet(), timeline: { ...quiet().timeline, drainedAt: quiet().timeline.zeroAt + 16_000 } }),
    ],
  },
];
