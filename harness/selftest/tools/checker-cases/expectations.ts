// What scenarios expect, not met.
import { withReplay } from '../../../checkers/testing/simulated-replay.ts';
import { withErasure } from '../../../checkers/testing/simulated-erasure.ts';
import { changeFirst, withOperations, withRows, zeroAt, type SimulatedRun } from '../../../checkers/testing/simulated-run.ts';
import type { RowOf } from '../../../history/run-index.ts';
import type { Operation } from '../../../history/operation.ts';
import type { ReadOperation } from '../../../history/read-operation.ts';
import type { CheckerCase } from './checker-case.ts';
import { hot, numbered, paused, poisoned, quiet, read, refused, slow, stopped, withSignals } from './runs.ts';

type OwnEffect = RowOf<'own-effect'>;

const applied = (run: SimulatedRun, at: number): SimulatedRun => {
  const late = <Row extends { readonly appliedAt: number }>(row: Row): Row => ({ ...row, appliedAt: Math.max(row.appliedAt, zeroAt + at) });
  return withRows(
    withRows(run, 'event', (rows) => rows.map(late)),
    'timeline-entry',
    (rows) => rows.map(late),
  );
};

/** The hot key is three seconds late; the others by so many milliseconds. */
const hotBehind = (othersMs: number): SimulatedRun =>
  withRows(hot(), 'timeline-entry', (rows) =>
    rows.map((row) => ({ ...row, appliedAt: row.appliedAt + (row.objectId === 'order-00000' ? 3000 : othersMs) })),
  );

/** The last read of a kind that showed at least three events, changed. */
const lastRead = (kind: ReadOperation['kind'], change: (read: ReadOperation) => Partial<ReadOperation>): SimulatedRun => {
  const rows = read().reads?.rows ?? [];
  const last = rows.findLast((each) => each.kind === kind && each.ids.length > 2);
  return { ...read(), reads: { complete: true, rows: rows.map((each) => (each === last ? { ...each, ...change(each) } : each)) } };
};

const onePanel = (found: number): SimulatedRun =>
  withSignals(quiet(), ({ panels }) => ({ panels: (panels ?? []).map((panel) => ({ ...panel, found })) }));

const takeovers = (run: SimulatedRun, change: { readonly at: number }): SimulatedRun =>
  withRows(run, 'lease-event', (rows) => rows.map((row) => (row.event === 'taken_over' ? { ...row, ...change } : row)));

/** Of one worker. */
const fiveMinutes = (megabytesPerSecond: number): SimulatedRun => ({
  ...quiet(),
  machine: Array.from({ length: 300 }, (_unused, second) => ({
    ...quiet().machine[0]!,
    at: zeroAt + second * 1000,
    processes: [{ role: 'worker', pid: 11, cpuSeconds: 0.4, pssBytes: 80e6 + second * megabytesPerSecond * 1e6 }],
  })),
});

const sized = (bytesPerEvent: number): SimulatedRun => {
  const [row] = quiet().books!.rows.at(-1)!.rows;
  const sample = (head: number) => ({ at: zeroAt + head, databaseBytes: head * bytesPerEvent, rows: [{ ...row!, head }] });
  return { ...quiet(), books: { complete: true, rows: [sample(0), sample(5000)] } };
};

/** A team's own processor made of the poisoned run what timelines made of it. */
const ownEffects = (change: (rows: readonly OwnEffect[]) => readonly OwnEffect[]): SimulatedRun => {
  const entries = poisoned().finalState.filter((row) => row.kind === 'timeline-entry');
  const made = entries.map(({ lane, position, eventId, systemName, objectId, appliedAt }, index): OwnEffect => {
    const place = { lane, position, eventId, systemName, objectId, appliedAt };
    return { kind: 'own-effect', processor: 'team-ledger', version: 1, ...place, entry: index + 1 };
  });
  const parked = withRows(poisoned(), 'parked', (rows) => rows.map((row) => ({ ...row, processor: 'team-ledger' })));
  return { ...parked, finalState: [...parked.finalState, ...change(made)] };
};

const secondsRefused = (all: SimulatedRun['operations']): Operation[] =>
  all.map((operation) =>
    operation.delivery === 'duplicate' ? { ...operation, outcome: 'failed', status: 503, code: 'overloaded' } : operation,
  );

export const expectationCases: readonly CheckerCase[] = [
  {
    check: 'refusals-are-definite',
    bad: 'fail',
    red: ['a refused event is in the log', () => withRows(refused(), 'log', () => quiet().finalState.filter((row) => row.kind === 'log'))],
    green: ['none is', refused],
  },
  {
    check: 'poison-answers',
    bad: 'fail',
    red: [
      'broken JSON is accepted',
      () =>
        withOperations(poisoned(), (all) =>
          changeFirst(all, { status: 200, code: null, outcome: 'ok' }, ({ poison }) => poison === 'broken-json'),
        ),
    ],
    green: ['each kind gets its own answer', poisoned],
  },
  {
    check: 'dead-letters-equal-poison',
    bad: 'fail',
    red: ['one poison is no dead letter', () => withRows(poisoned(), 'parked', (rows) => rows.slice(1))],
    green: ['each is, and its key waits', poisoned],
  },
  {
    check: 'own-effects-once',
    bad: 'fail',
    red: ['one entry is there twice', () => ownEffects((rows) => [...rows, { ...rows[0]!, entry: rows.length + 1 }])],
    green: ['each is there once, and poison has none', () => ownEffects((rows) => rows)],
  },
  {
    check: 'no-dead-letters',
    bad: 'fail',
    red: ['something is parked', poisoned],
    green: ['early events waited, and none was parked', numbered],
  },
  {
    check: 'good-events-accepted',
    bad: 'fail',
    red: ['one good event in ten is refused', refused],
    green: ['poison is refused', poisoned],
  },
  {
    check: 'every-event-acknowledged',
    bad: 'fail',
    red: ['one event in ten was refused for good', refused],
    green: ['an event was refused once, and taken when it was sent again', () => withOperations(numbered(), secondsRefused)],
  },
  {
    check: 'refused-in-time',
    parameters: { seconds: 5 },
    bad: 'fail',
    red: [
      'one refusal does not say when to come back',
      () => withOperations(refused(), (all) => changeFirst(all, { retryAfterSeconds: null }, ({ status }) => status === 503)),
    ],
    green: [
      'one took all of its time',
      () =>
        withOperations(refused(), (all) => {
          const first = all.find(({ status }) => status === 503)!;
          return changeFirst(all, { doneAt: first.handedAt + 5000 }, (each) => each === first);
        }),
    ],
  },
  {
    check: 'refused-nobody',
    bad: 'fail',
    red: ['one attempt in ten was refused, and was taken later', () => withOperations(numbered(), secondsRefused)],
    green: [
      'one attempt had no answer',
      () => withOperations(quiet(), (all) => changeFirst(all, { outcome: 'unknown', status: null, id: null })),
    ],
  },
  {
    check: 'stops-in-order',
    parameters: { seconds: 20 },
    bad: 'fail',
    red: ['a process ended by itself, with code 1', () => stopped({ tookMs: 400, code: 1 })],
    green: ['it took all of its time, and ended with code 0', () => stopped({ tookMs: 20_000, code: 0 })],
  },
  {
    check: 'takeover-within',
    parameters: { seconds: 5 },
    bad: 'fail',
    red: ['lanes were taken over 5.001 s after the pause', () => takeovers(paused(), { at: zeroAt + 7001 })],
    green: ['5 s after it', () => takeovers(paused(), { at: zeroAt + 7000 })],
  },
  {
    check: 'zombie-fenced',
    bad: 'fail',
    red: ['a zombie went on unfenced', () => withRows(paused(), 'lease-event', (rows) => rows.filter(({ event }) => event !== 'fenced'))],
    green: [
      'it was told that it had lost its lease',
      () => withRows(paused(), 'lease-event', (rows) => rows.map((row) => (row.event === 'fenced' ? { ...row, event: 'lost' } : row))),
    ],
  },
  {
    check: 'no-takeover',
    bad: 'fail',
    red: ['lanes were taken over', paused],
    green: ['a lane was given back', () => withRows(quiet(), 'lease-event', (rows) => [...rows, { ...rows[0]!, event: 'released' }])],
  },
  {
    check: 'equals-ordered-delivery',
    bad: 'fail',
    red: ['an entry is missing', () => withRows(numbered(), 'timeline-entry', (rows) => rows.slice(1))],
    green: ['all came out of order', numbered],
  },
  {
    check: 'duplicates-counted-exactly',
    bad: 'fail',
    red: [
      'the books count one too many',
      () => withRows(numbered(), 'lane', (rows) => changeFirst(rows, { duplicates: rows[0]!.duplicates + 1 })),
    ],
    green: ['they count all', numbered],
  },
  {
    check: 'lag-recovers',
    parameters: { under: 50, withinSeconds: 3, phase: 'warm-up' },
    bad: 'fail',
    red: ['lag was back 3.2 s after the phase', () => applied(quiet(), 4200)],
    green: ['3 s after it', () => applied(quiet(), 4000)],
  },
  {
    check: 'others-stay-fresh',
    parameters: { withinSeconds: 1, hotSeconds: 2 },
    bad: 'fail',
    red: ['others waited with the hot key', () => hotBehind(1500)],
    green: ['the hot key alone waited', () => hotBehind(900)],
  },
  {
    check: 'memory-within',
    parameters: { megabytes: 90 },
    bad: 'fail',
    red: [
      'a process held 91 MB',
      () => ({
        ...quiet(),
        machine: quiet().machine.map((sample) => ({
          ...sample,
          processes: sample.processes.map((each) => ({ ...each, pssBytes: 91_000_000 })),
        })),
      }),
    ],
    green: ['none held more than 90', quiet],
  },
  {
    check: 'memory-steady',
    parameters: { megabytes: 50 },
    bad: 'fail',
    red: ['a process grows by a megabyte a second', () => fiveMinutes(1)],
    green: ['it holds what it held', () => fiveMinutes(0)],
  },
  {
    check: 'disk-bounded',
    parameters: { bytesPerEvent: 2000 },
    bad: 'fail',
    red: ['three times as much is kept as is stored', () => sized(6000)],
    green: ['what is stored is kept', () => sized(2000)],
  },
  {
    check: 'panels-have-data',
    bad: 'fail',
    red: ['a panel shows nothing', () => onePanel(0)],
    green: ['it shows one series', () => onePanel(1)],
  },
  {
    check: 'read-your-writes',
    parameters: { kind: 'events' },
    bad: 'fail',
    red: ['a read lacks the newest acknowledged event', () => lastRead('events', ({ ids }) => ({ ids: ids.slice(1) }))],
    green: ['it shows all', read],
  },
  {
    check: 'stale-reads',
    parameters: { withinSeconds: 1 },
    bad: 'fail',
    red: ['a read shows nothing of what is seconds old', () => lastRead('timeline', () => ({ ids: [] }))],
    green: ['a page was cut, so what is missing proves nothing', () => lastRead('timeline', () => ({ ids: [], whole: false }))],
  },
  {
    check: 'monotonic-reads',
    bad: 'fail',
    red: ['a read shows less than one before it', () => lastRead('timeline', ({ ids }) => ({ ids: ids.slice(0, 1) }))],
    green: ['each shows as much or more', read],
  },
  {
    check: 'phantom-reads',
    bad: 'fail',
    red: ['a read shows an event that is not in the log', () => lastRead('events', ({ ids }) => ({ ids: [...ids, 77] }))],
    green: ['a read shows only the beginning', () => lastRead('timeline', ({ ids }) => ({ ids: ids.slice(0, 1) }))],
  },
  {
    check: 'reads-answered',
    bad: 'fail',
    red: ['one read met an error', () => lastRead('events', () => ({ outcome: 'failed', status: 500, ids: [], whole: false }))],
    green: ['of one key nothing was there', () => lastRead('events', () => ({ status: 404, ids: [], total: 0 }))],
  },
  {
    check: 'replayed-as-asked',
    bad: 'fail',
    red: ['a replayed event has no effect', () => withRows(withReplay(quiet()).run, 'timeline-entry', (rows) => rows.slice(1))],
    green: ['each has its effect, in its turn', () => withReplay(quiet()).run],
  },
  {
    check: 'erased-everywhere',
    bad: 'fail',
    red: ['an erasure that was called done did nothing', () => ({ ...quiet(), evidence: withErasure(quiet()).run.evidence })],
    green: ['nothing is left but tombstones', () => withErasure(quiet()).run],
  },
  {
    check: 'refusals-seen',
    parameters: { atLeast: 60 },
    bad: 'inconclusive',
    red: ['nothing was refused', quiet],
    green: ['60 were', refused],
  },
  {
    check: 'duplicates-seen',
    parameters: { atLeast: 20 },
    bad: 'inconclusive',
    red: ['nothing came twice', quiet],
    green: ['a tenth did', numbered],
  },
  {
    check: 'takeovers-seen',
    parameters: { atLeast: 1 },
    bad: 'inconclusive',
    red: ['no lane was taken over', quiet],
    green: ['those of one worker were', paused],
  },
  {
    check: 'fencing-seen',
    parameters: { atLeast: 1 },
    bad: 'inconclusive',
    red: ['nobody was fenced', quiet],
    green: ['one was', paused],
  },
  {
    check: 'lag-over-seen',
    parameters: { atLeast: 1000 },
    bad: 'inconclusive',
    red: ['workers kept up', quiet],
    green: ['they did nothing for six seconds', slow],
  },
  {
    check: 'out-of-order-seen',
    parameters: { atLeast: 20 },
    bad: 'inconclusive',
    red: ['all came in order', quiet],
    green: ['a third did not', numbered],
  },
  {
    check: 'inverted-seen',
    parameters: { atLeast: 20 },
    bad: 'inconclusive',
    red: ['who came first was appended first', quiet],
    green: ['who came last was', () => withRows(quiet(), 'log', (rows) => rows.map((row) => ({ ...row, receivedAt: -row.receivedAt })))],
  },
  {
    check: 'dead-letters-seen',
    parameters: { atLeast: 1 },
    bad: 'inconclusive',
    red: ['nothing is dead', quiet],
    green: ['poison is', poisoned],
  },
  {
    check: 'recovered-seen',
    parameters: { atLeast: 1 },
    bad: 'inconclusive',
    red: ['every answer came', quiet],
    green: [
      'one was lost, and its event is there',
      () => withOperations(quiet(), (all) => changeFirst(all, { outcome: 'unknown', status: null, id: null })),
    ],
  },
  {
    check: 'reads-seen',
    parameters: { atLeast: 50 },
    bad: 'inconclusive',
    red: ['nobody read', quiet],
    green: ['readers did', read],
  },
];
