import { describe, expect, test } from 'vitest';
import type { Fault, Phase } from '../scenario/scenario.ts';
import type { RunningTarget } from '../targets/target.ts';
import { dueFaults, runFaultSchedule } from './fault-schedule.ts';
import type { FaultEvidence } from './run-data.ts';
import { createVirtualClock } from './virtual-clock.ts';

const phases: readonly Phase[] = [
  { name: 'warm-up', kind: 'warm-up', seconds: 2, ratePerSecond: 10 },
  { name: 'fault', kind: 'fault', seconds: 10, ratePerSecond: 10 },
];
const killAt = (name: string, phase: string, afterSeconds: number): Fault => ({
  kind: 'kill',
  name,
  at: { phase, afterSeconds },
  role: 'worker',
  index: 0,
  restartAfterSeconds: 1,
});
const evidenceOf = (fault: Fault, injectedAt: number): FaultEvidence => ({
  fault: fault.name,
  kind: fault.kind,
  injectedAt,
  healedAt: injectedAt,
  tookEffect: true,
  healed: true,
  observations: [],
});
const contextOf = () => ({
  target: {} as RunningTarget,
  seed: 1,
  startHelper: () => Promise.reject(new Error('no helper here')),
  promise: () => {},
  promiseHealing: () => {},
  note: () => {},
});

describe('a fault is due at its phase’s beginning plus its own seconds', () => {
  test('in order of time, whatever the order in the scenario', () => {
    const due = dueFaults([killAt('late', 'fault', 3), killAt('early', 'warm-up', 1)], phases);
    expect(due.map(({ fault, dueMs }) => [fault.name, dueMs])).toEqual([
      ['early', 1000],
      ['late', 5000],
    ]);
  });

  test('a phase that does not exist is a mistake that is said', () => {
    expect(() => dueFaults([killAt('lost', 'nowhere', 1)], phases)).toThrow(/fault lost is due in phase nowhere.*warm-up, fault/);
  });
});

describe('the schedule', () => {
  test('runs each fault at its moment after the zero, side by side', async () => {
    const clock = createVirtualClock(100_000);
    const due = dueFaults([killAt('one', 'warm-up', 1), killAt('two', 'fault', 0)], phases);
    const run = async (fault: Fault) => {
      const at = clock.now();
      await clock.sleep(5000);
      return evidenceOf(fault, at);
    };
    const evidence = await runFaultSchedule({ due, zeroAt: 100_500, clock, signal: new AbortController().signal, run, contextOf });
    expect(evidence.map(({ fault, injectedAt }) => [fault, injectedAt])).toEqual([
      ['one', 101_500],
      ['two', 102_500],
    ]);
  });

  test('an abort lets running faults heal and leaves out those that were not reached', async () => {
    const clock = createVirtualClock();
    const abort = new AbortController();
    const healed: string[] = [];
    const run = async (fault: Fault, { signal }: { readonly signal: AbortSignal }) => {
      const at = clock.now();
      abort.abort();
      await clock.sleep(60_000, signal);
      healed.push(fault.name);
      return evidenceOf(fault, at);
    };
    const due = dueFaults([killAt('running', 'warm-up', 1), killAt('never', 'fault', 9)], phases);
    const evidence = await runFaultSchedule({ due, zeroAt: 0, clock, signal: abort.signal, run, contextOf });
    expect(healed).toEqual(['running']);
    expect(evidence.map(({ fault }) => fault)).toEqual(['running']);
    expect(clock.now()).toBe(1000);
  });

  test('a fault that crashes took no effect, and says why', async () => {
    const run = () => Promise.reject(new Error('there is no worker 7'));
    const due = dueFaults([killAt('broken', 'warm-up', 0)], phases);
    const [evidence] = await runFaultSchedule({
      due,
      zeroAt: 0,
      clock: createVirtualClock(),
      signal: new AbortController().signal,
      run,
      contextOf,
    });
    expect(evidence).toMatchObject({ fault: 'broken', tookEffect: false, healed: false });
    expect(evidence?.observations[0]?.observed).toContain('there is no worker 7');
  });
});
