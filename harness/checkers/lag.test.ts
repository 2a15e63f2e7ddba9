import { expect, test } from 'vitest';
import type { SignalsRecord } from '../engine/run-data.ts';
import type { DatabaseEffect } from '../scenario/faults/database-fault.ts';
import type { Fault } from '../scenario/scenario.ts';
import { lag } from './lag.ts';
import {
  leaseRow,
  quietScenario,
  signalsOf,
  simulateRun,
  withOperations,
  withRows,
  zeroAt,
  type SimulatedRun,
} from './testing/simulated-run.ts';

const busy = { ...quietScenario, phases: [{ name: 'busy', kind: 'fault', seconds: 6, ratePerSecond: 500 }] } as const;
/** Nothing is applied before the sixth second: lag grows to 3,000. */
const slow = (): SimulatedRun => {
  const late = { appliedAt: zeroAt + 6000 };
  const run = withRows(simulateRun(busy), 'event', (rows) => rows.map((row) => ({ ...row, ...late })));
  const both = withRows(run, 'timeline-entry', (rows) => rows.map((row) => ({ ...row, ...late })));
  return { ...both, signals: signalsOf(both) };
};
const run = slow();
const withLag = (change: (value: number, second: number) => number, of: SimulatedRun = run): SimulatedRun => {
  const signals = of.signals as SignalsRecord;
  const plots = signals.plots.map((plot) => ({
    ...plot,
    series: plot.series.map((series) => ({
      ...series,
      samples: series.samples.map(([at, value]) => [at, change(value, at - zeroAt / 1000)] as const),
    })),
  }));
  return { ...of, signals: { ...signals, plots } };
};

test('a lag signal that follows the history agrees', () => {
  expect(lag(run).outcome).toBe('pass');
  expect(lag(simulateRun()).outcome).toBe('pass');
});

test('a signal that says 0 while the history says thousands is a failure', () => {
  const result = lag(withLag(() => 0));
  expect(result.outcome).toBe('fail');
  expect(result.findings[0]?.message).toMatch(/said 0 while the history says \d{4}/);
});

test('that imported lines are there was told with the last of them, and is no sign that they never waited', () => {
  const imported = withOperations(run, (operations) =>
    operations.map((operation) => ({
      ...operation,
      op: 100_000_000 + operation.op,
      attempt: 2,
      handedAt: 0,
      doneAt: 6500,
      status: null,
      id: null,
    })),
  );
  expect(lag(imported).outcome).toBe('pass');
});

test('a signal that is an export late agrees', () => {
  expect(lag(withLag((value, second) => (second < 6 ? Math.max(0, value - 500) : value))).outcome).toBe('pass');
});

test('two steps that disagree are an export that came late, three are not', () => {
  expect(lag(withLag((value, second) => (second === 4 || second === 5 ? 0 : value))).outcome).toBe('pass');
  expect(lag(withLag((value, second) => (second >= 3 && second <= 5 ? 0 : value))).outcome).toBe('fail');
});

test('a signal that invents a lag is a failure', () => {
  expect(lag(withLag((value) => value + 5000)).outcome).toBe('fail');
});

test('while the exporter of the books is dead, and its duty not yet taken over, their silence is no lie', () => {
  const faults = [{ kind: 'pause', name: 'p', at: { phase: 'busy', afterSeconds: 1 }, role: 'worker', index: 1, seconds: 5 }] as const;
  const paused: SimulatedRun = {
    ...withRows(run, 'lease-event', (rows) => [
      ...rows,
      leaseRow({
        at: zeroAt + 4500,
        event: 'taken_over',
        processor: '_duties',
        version: 0,
        lane: -1,
        owner: 'worker-1-aaaaaa',
        otherOwner: 'worker-2-bbbbbb',
      }),
    ]),
    plan: { ...run.plan, scenario: { ...run.plan.scenario, faults } },
    evidence: [
      {
        fault: 'p',
        kind: 'pause',
        injectedAt: zeroAt + 1000,
        healedAt: zeroAt + 6000,
        tookEffect: true,
        healed: true,
        observations: [
          { at: zeroAt + 1000, source: '/proc', observed: 'stopped', data: { event: 'stopped', instance: 'worker-2-bbbbbb' } },
        ],
      },
    ],
  };
  expect(lag(withLag((value, second) => (second <= 6 ? 0 : value), paused)).outcome).toBe('pass');
  const another = {
    ...paused,
    evidence: paused.evidence.map((entry) => ({
      ...entry,
      observations: [{ ...entry.observations[0]!, data: { event: 'stopped', instance: 'worker-1-aaaaaa' } }],
    })),
  };
  expect(lag(withLag((value, second) => (second <= 6 ? 0 : value), another)).outcome).toBe('fail');
});

test('a signal without samples, a question that failed, or no telemetry at all make it inconclusive', () => {
  const signals = run.signals as SignalsRecord;
  expect(lag({ ...run, signals: { ...signals, plots: [{ ...signals.plots[0]!, series: [] }] } }).outcome).toBe('inconclusive');
  expect(lag({ ...run, signals: { ...signals, plots: [{ ...signals.plots[0]!, error: 'connection refused' }] } }).outcome).toBe(
    'inconclusive',
  );
  expect(lag({ ...run, signals: { ...signals, plots: [] } }).outcome).toBe('inconclusive');
  expect(lag({ ...run, signals: null }).outcome).toBe('inconclusive');
});

/** The books are silent from second 1 to `until`, while each of these faults lasts from its second to another. */
const silentUnder = (until: number, ...faults: readonly (readonly [effect: DatabaseEffect, from: number, to: number])[]): SimulatedRun => {
  const planned = faults.map(([effect, from, to]): Fault => ({
    kind: 'database',
    name: effect.effect,
    at: { phase: 'busy', afterSeconds: from },
    seconds: to - from,
    ...effect,
  }));
  const evidence = faults.map(([{ effect }, from, to]) => ({
    fault: effect,
    kind: 'database',
    injectedAt: zeroAt + from * 1000,
    healedAt: zeroAt + to * 1000,
    tookEffect: true,
    healed: true,
    observations: [],
  }));
  const signals = run.signals as SignalsRecord;
  const heard = ([at]: readonly [number, number]): boolean => at < zeroAt / 1000 + 1 || at > zeroAt / 1000 + until;
  const plots = signals.plots.map((plot) => ({
    ...plot,
    series: plot.series.map((series) => ({ ...series, samples: series.samples.filter(heard) })),
  }));
  const plan = { ...run.plan, scenario: { ...run.plan.scenario, faults: planned } };
  return { ...run, plan, evidence, signals: { ...signals, plots } };
};

const restart = { effect: 'restart', how: 'fast' } as const;
const allTaken = { effect: 'connections' } as const;

test('while no worker can reach the database its books are silent through no fault of theirs; for a forgotten transaction they are not', () => {
  expect(lag(silentUnder(5, [restart, 1, 3])).outcome).toBe('pass');
  expect(lag(silentUnder(5, [{ effect: 'idle-transaction' }, 1, 3])).outcome).toBe('inconclusive');
});

test('that no connection is left excuses no worker that has one; only one that was cut off meanwhile', () => {
  expect(lag(silentUnder(5, [allTaken, 1, 3])).outcome).toBe('inconclusive');
  expect(lag(silentUnder(6, [restart, 1, 2], [allTaken, 1.5, 4])).outcome).toBe('pass');
  expect(lag(silentUnder(6, [restart, 1, 2], [allTaken, 3.5, 5])).outcome).toBe('inconclusive');
});

test('a lag that is silent for a fifth of the run is enough, for more it is inconclusive, and a lie in what is there still fails', () => {
  const signals = run.signals as SignalsRecord;
  const silentFrom = (seconds: number, of: SignalsRecord = signals): SimulatedRun => ({
    ...run,
    signals: {
      ...of,
      plots: of.plots.map((plot) => ({
        ...plot,
        series: plot.series.map((series) => ({ ...series, samples: series.samples.filter(([at]) => at - zeroAt / 1000 < seconds) })),
      })),
    },
  });
  expect(lag(silentFrom(6)).outcome).toBe('pass');
  expect(lag(silentFrom(5))).toMatchObject({ outcome: 'inconclusive', summary: expect.stringContaining('in 2 of 7 steps') });
  expect(lag(silentFrom(5, withLag(() => 0).signals as SignalsRecord)).outcome).toBe('fail');
});
