// Runs of a perfect target that the cases spoil, each made once.
import { alertsOf } from '../../../checkers/testing/simulated-alerts.ts';
import { withConsumers } from '../../../checkers/testing/simulated-consumers.ts';
import {
  leaseRow,
  quietScenario,
  signalsOf,
  simulateRun,
  withRows,
  zeroAt,
  type SimulatedRun,
} from '../../../checkers/testing/simulated-run.ts';
import type { FaultEvidence } from '../../../engine/run-data.ts';
import type { FinalRow } from '../../../history/final-state.ts';
import type { RowOf } from '../../../history/run-index.ts';
import type { Fault, Scenario } from '../../../scenario/scenario.ts';

const once = (make: () => SimulatedRun): (() => SimulatedRun) => {
  let made: SimulatedRun | null = null;
  return () => (made ??= make());
};

const quietTraffic = quietScenario.traffic;
const like = (change: Partial<Scenario>): (() => SimulatedRun) => once(() => simulateRun({ ...quietScenario, ...change }));

export const quiet = like({});
export const numbered = like({
  traffic: { ...quietTraffic, sequenced: true, disorder: { share: 0.3, places: 50 }, duplicates: { share: 0.1, withinMs: 300 } },
});
export const poisoned = like({
  traffic: { ...quietTraffic, poison: { share: 0.1, kinds: ['broken-json', 'wrong-types', 'handler-throws', 'handler-hangs'] } },
});
export const hot = like({ traffic: { ...quietTraffic, keys: { kind: 'hot', count: 20, hot: 1, share: 0.5 } } });
export const consumed = once(() => withConsumers(quiet()));
export const read = like({ reads: { ratePerSecond: 40 } });

const [survivor, victim] = ['worker-1-aaaaaa', 'worker-2-bbbbbb'];
const hitAt = zeroAt + 2000;
const pauseOfWorker: Fault = { kind: 'pause', name: 'hit', at: { phase: 'steady', afterSeconds: 1 }, role: 'worker', index: 1, seconds: 4 };
const restartOfWorker: Fault = { kind: 'restart', name: 'hit', at: { phase: 'steady', afterSeconds: 1 }, role: 'worker', index: 1 };
const evidence: FaultEvidence = {
  fault: 'hit',
  kind: 'pause',
  injectedAt: hitAt,
  healedAt: hitAt + 4000,
  tookEffect: true,
  healed: true,
  observations: [{ at: hitAt, source: 'process', observed: 'it was stopped', data: { event: 'stopped', instance: victim } }],
};

/** A worker was paused beyond its lease, its lanes were taken over 3 s later, and it was fenced when it went on. */
export const paused = once(() => {
  const held = quiet().finalState.filter((row): row is RowOf<'lease-event'> => row.kind === 'lease-event' && row.owner === victim);
  const taken = held.map((row) =>
    leaseRow({ ...row, event: 'taken_over', at: hitAt + 3000, owner: survivor, epoch: 2, otherOwner: victim, otherEpoch: 1 }),
  );
  const fenced = leaseRow({ ...held[0], event: 'fenced', at: hitAt + 4100, owner: victim, epoch: 1, otherOwner: survivor, otherEpoch: 2 });
  const scenario: Scenario = {
    ...quietScenario,
    faults: [pauseOfWorker],
    detection: { fires: [{ alert: 'Stopped', cause: 'hit', withinSeconds: 5, resolvesWithinSeconds: 10 }] },
  };
  const run = {
    ...withRows(quiet(), 'lease-event', (rows) => [...rows, ...taken, fenced]),
    plan: { ...quiet().plan, scenario },
    evidence: [evidence],
  };
  return { ...run, alerts: alertsOf(run) };
});

/** A process was stopped in order, and ended so. */
export const stopped = (ended: { readonly tookMs: number; readonly code: number }): SimulatedRun => ({
  ...quiet(),
  plan: { ...quiet().plan, scenario: { ...quietScenario, faults: [restartOfWorker] } },
  evidence: [
    {
      ...evidence,
      kind: 'restart',
      observations: [{ at: hitAt, source: 'process', observed: 'it ended', data: { event: 'exited', signal: null, ...ended } }],
    },
  ],
});

/** Nothing is applied before the sixth second, and the telemetry says so. */
export const slow = once(() => {
  const late = { appliedAt: zeroAt + 6000 };
  const busy = simulateRun({ ...quietScenario, phases: [{ name: 'busy', kind: 'fault', seconds: 6, ratePerSecond: 500 }] });
  const events = withRows(busy, 'event', (rows) => rows.map((row) => ({ ...row, ...late })));
  const both = withRows(events, 'timeline-entry', (rows) => rows.map((row) => ({ ...row, ...late })));
  return { ...both, signals: signalsOf(both) };
});

/** Every tenth event is refused for load, and is not in the log. */
export const refused = once(() => {
  const all = quiet().operations.map((operation) =>
    operation.event % 10 === 0
      ? { ...operation, outcome: 'failed' as const, status: 503, code: 'overloaded', retryAfterSeconds: 1, id: null, duplicate: null }
      : operation,
  );
  const gone = new Set(all.filter(({ outcome }) => outcome === 'failed').map(({ idempotencyKey }) => idempotencyKey));
  return { ...withRows(quiet(), 'log', (rows) => rows.filter(({ idempotencyKey }) => !gone.has(idempotencyKey ?? ''))), operations: all };
});

/** All by UDP, one event a datagram: every tenth is dropped by the kernel, and the books know. */
export const lossy = once(() => {
  const sender = { source: 'producer-0', boot: 'b' };
  const all = quiet().operations.map((operation, place) => ({
    ...operation,
    outcome: 'unknown' as const,
    status: null,
    id: null,
    duplicate: null,
    datagram: { ...sender, n: place + 1 },
  }));
  const gone = new Set(all.filter(({ datagram }) => datagram.n % 10 === 0).map(({ idempotencyKey }) => idempotencyKey));
  const came = all.length - gone.size;
  const books: readonly FinalRow[] = [
    {
      kind: 'datagram-sender',
      ...sender,
      highest: all.length,
      received: came,
      undecided: 0,
      repeated: 0,
      appended: came,
      duplicates: 0,
      refused: 0,
      markedDatagrams: all.length,
      markedEvents: all.length,
    },
    {
      kind: 'datagram-door',
      door: 'ingest-1',
      received: came + 3,
      unread: 0,
      dropped: 0,
      inDoubt: 0,
      kernelDropped: gone.size,
      closed: false,
    },
  ];
  const rest = quiet().finalState.filter((row) => row.kind !== 'log' || !gone.has(row.idempotencyKey ?? ''));
  return { ...quiet(), operations: all, finalState: [...rest, ...books] };
});

/** Its signals changed. */
export const withSignals = (
  run: SimulatedRun,
  change: (signals: NonNullable<SimulatedRun['signals']>) => Partial<NonNullable<SimulatedRun['signals']>>,
): SimulatedRun => ({
  ...run,
  signals: run.signals === null ? null : { ...run.signals, ...change(run.signals) },
});

/** Its one fault with other evidence. */
export const withEvidence = (change: Partial<FaultEvidence>): SimulatedRun => ({ ...paused(), evidence: [{ ...evidence, ...change }] });
