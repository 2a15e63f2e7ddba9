import { expect, test } from 'vitest';
import type { RunData } from '../../engine/run-data.ts';
import { quietScenario, simulateRun, zeroAt } from '../testing/simulated-run.ts';
import { missedInQuiet } from './missed-in-quiet.ts';

const at = (seconds: number): number => zeroAt + seconds * 1000;
const base = simulateRun({
  ...quietScenario,
  detection: { fires: [{ alert: 'Dead', cause: 'kill', withinSeconds: 10, resolvesWithinSeconds: 10 }] },
});

type Made = {
  readonly cause: readonly [from: number, to: number];
  readonly loaded: readonly [from: number, to: number];
  readonly firedAt?: number;
};

/** A minute, of which others have the machine in `loaded`. */
const runOf = ({ cause: [from, to], loaded, firedAt }: Made): RunData => ({
  ...base,
  evidence: [{ fault: 'kill', kind: 'kill', injectedAt: at(from), healedAt: at(to), tookEffect: true, healed: true, observations: [] }],
  alerts: {
    ...(base.alerts as NonNullable<RunData['alerts']>),
    to: at(60),
    alerts: firedAt === undefined ? [] : [{ alert: 'Dead', labels: {}, pending: [], firing: [{ from: at(firedAt), to: null }] }],
  },
  machine: Array.from({ length: 61 }, (_none, second) => ({
    at: at(second),
    cores: 2,
    cpuBusy: 1,
    cpuSteal: 0,
    // Busy either way: with others, or with itself.
    processes: [{ role: 'worker', pid: 1, cpuSeconds: second > loaded[0] && second <= loaded[1] ? 0.4 : 1.9, pssBytes: null }],
  })),
});
const missed = (made: Made): boolean => missedInQuiet(runOf(made), 'Dead');

test('an alert that never fires while its cause stands long after the machine recovered was missed', () => {
  expect(missed({ cause: [10, 40], loaded: [0, 20] })).toBe(true);
});

test('so was one that had all its time before others came', () => {
  expect(missed({ cause: [10, 12], loaded: [21, 60] })).toBe(true);
  expect(missed({ cause: [10, 12], loaded: [21, 60], firedAt: 30 })).toBe(true);
});

test.each<[string, Made]>([
  ['its cause was over too soon after the machine recovered', { cause: [10, 34], loaded: [0, 20] }],
  ['others had the machine while it was due', { cause: [10, 12], loaded: [15, 18] }],
  ['others had the machine all the time', { cause: [10, 40], loaded: [0, 60] }],
  ['it fired, late, but in time once the machine had recovered', { cause: [10, 60], loaded: [0, 20], firedAt: 34 }],
])('not where %s', (_what, made) => {
  expect(missed(made)).toBe(false);
});

test('nothing is known where the samples say nothing of cores, the cause took no effect or the alert is not expected', () => {
  const run = runOf({ cause: [10, 40], loaded: [0, 20] });
  expect(missedInQuiet({ ...run, machine: run.machine.map(({ cores: _none, ...sample }) => sample) }, 'Dead')).toBe(false);
  expect(missedInQuiet({ ...run, evidence: run.evidence.map((each) => ({ ...each, tookEffect: false })) }, 'Dead')).toBe(false);
  expect(missedInQuiet(run, 'no-other-alert')).toBe(false);
});
