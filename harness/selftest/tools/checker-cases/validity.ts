// Runs that prove nothing: each must be worth nothing, with the reason, and the near-miss must count.
import { changeFirst, withOperations, type SimulatedRun } from '../../../checkers/testing/simulated-run.ts';
import type { MachineSample } from '../../../engine/run-data.ts';
import type { CheckerCase } from './checker-case.ts';
import { paused, quiet, withEvidence, withSignals } from './runs.ts';

const lateBy = (ms: number, share: number): SimulatedRun =>
  withOperations(quiet(), (operations) =>
    operations.map((operation, index) =>
      index < operations.length * share ? { ...operation, handedAt: operation.intendedAt + ms } : operation,
    ),
  );

const machineWith = (change: (sample: MachineSample, index: number) => Partial<MachineSample>): SimulatedRun => ({
  ...quiet(),
  machine: quiet().machine.map((sample, index) => ({ ...sample, ...change(sample, index) })),
});

const stepped = (ms: number): SimulatedRun => machineWith(({ at }, index) => (index < 5 ? {} : { at: at + ms }));

const unanswered = (share: number): SimulatedRun =>
  withOperations(quiet(), (operations) =>
    operations.map((operation, index) =>
      operation.phase === 'steady' && index % 100 < share * 100 ? { ...operation, status: null } : operation,
    ),
  );

export const validityCases: readonly CheckerCase[] = [
  {
    check: 'history-complete',
    bad: 'inconclusive',
    red: ['the history was cut off', () => ({ ...quiet(), historyComplete: false })],
    green: ['it has its last line', quiet],
  },
  {
    check: 'final-state-complete',
    bad: 'inconclusive',
    red: ['the final state was cut off', () => ({ ...quiet(), finalStateComplete: false })],
    green: ['it has its last line', quiet],
  },
  {
    check: 'generator',
    bad: 'inconclusive',
    red: ['3 % of the operations were 260 ms late', () => lateBy(260, 0.03)],
    green: ['all were 240 ms late', () => lateBy(240, 1)],
  },
  {
    check: 'samples',
    bad: 'inconclusive',
    red: ['a phase got no answer', () => unanswered(1)],
    green: ['half of its requests got one', () => unanswered(0.5)],
  },
  {
    check: 'faults-took-effect',
    bad: 'inconclusive',
    red: ['a fault did nothing', () => withEvidence({ tookEffect: false })],
    green: ['it stopped a worker', paused],
  },
  {
    check: 'faults-healed',
    bad: 'inconclusive',
    red: ['a fault was not healed', () => withEvidence({ healed: false })],
    green: ['it was', paused],
  },
  {
    check: 'telemetry',
    bad: 'inconclusive',
    red: ['a canary did not come back', () => withSignals(quiet(), ({ canary }) => ({ canary: changeFirst(canary, { found: false }) }))],
    green: ['all came back, one late', () => withSignals(quiet(), ({ canary }) => ({ canary: changeFirst(canary, { afterMs: 4000 }) }))],
  },
  {
    check: 'machine',
    bad: 'inconclusive',
    red: ['others had the whole machine', () => machineWith(() => ({ cpuBusy: 1, processes: [] }))],
    green: [
      'the run itself had it',
      () => machineWith(({ processes }) => ({ cpuBusy: 1, processes: processes.map((each) => ({ ...each, cpuSeconds: 0.25 })) })),
    ],
  },
  {
    check: 'clock',
    bad: 'inconclusive',
    red: ['the clock was set forward by 2 s', () => stepped(2000)],
    green: ['it was slewed by 50 ms', () => stepped(50)],
  },
];
