import { expect, test } from 'vitest';
import type { FaultEvidence, RunData } from '../engine/run-data.ts';
import { laneOf } from '../history/lease-history.ts';
import type { RowOf } from '../history/run-index.ts';
import type { Fault } from '../scenario/scenario.ts';
import { fencingSeen } from './fencing-seen.ts';
import { noTakeover } from './no-takeover.ts';
import { takeoverWithin } from './takeover-within.ts';
import { takeoversSeen } from './takeovers-seen.ts';
import { leaseRow, quietScenario, simulateRun, withRows, zeroAt } from './testing/simulated-run.ts';
import { zombieFenced } from './zombie-fenced.ts';

const [survivor, victim] = ['worker-1-aaaaaa', 'worker-2-bbbbbb'];
const quiet = simulateRun();
const at = zeroAt + 2000;
const held = quiet.finalState.filter((row) => row.kind === 'lease-event' && row.owner === victim) as RowOf<'lease-event'>[];

const evidenceOf = (kind: 'kill' | 'pause'): FaultEvidence => ({
  fault: 'hit',
  kind,
  injectedAt: at,
  healedAt: at + 5000,
  tookEffect: true,
  healed: true,
  observations: [
    { at, source: 'process', observed: 'it was hit', data: { event: kind === 'kill' ? 'exited' : 'stopped', instance: victim } },
  ],
});
const faultOf = (kind: 'kill' | 'pause'): Fault => {
  const base = { name: 'hit', at: { phase: 'steady', afterSeconds: 1 }, role: 'worker', index: 1 } as const;
  return kind === 'kill' ? { ...base, kind, restartAfterSeconds: 1 } : { ...base, kind, seconds: 5 };
};

/** The victim's lanes are taken over `afterMs` later, but for those that `lanes` leaves out. */
const hit = (kind: 'kill' | 'pause', afterMs: number, extra: readonly RowOf<'lease-event'>[] = [], lanes = held): RunData => {
  const taken = lanes.map((row) =>
    leaseRow({ ...row, event: 'taken_over', at: at + afterMs, owner: survivor, epoch: 2, otherOwner: victim, otherEpoch: 1 }),
  );
  return {
    ...withRows(quiet, 'lease-event', (rows) => [...rows, ...taken, ...extra]),
    plan: { ...quiet.plan, scenario: { ...quietScenario, faults: [faultOf(kind)] } },
    evidence: [evidenceOf(kind)],
  };
};
const fenced = (event: string, otherEpoch: number | null = 2): RowOf<'lease-event'> =>
  leaseRow({ ...held[0]!, event, at: at + 5100, owner: victim, epoch: 1, otherOwner: survivor, otherEpoch });

test('lanes that are taken over within the bound pass, up to the bound itself', () => {
  expect(takeoverWithin(hit('kill', 3400), { seconds: 5 })).toMatchObject({ outcome: 'pass', measured: { value: 3.4 } });
  expect(takeoverWithin(hit('pause', 5000), { seconds: 5 })).toMatchObject({ outcome: 'pass' });
});

test('lanes that are taken over too late fail, each by name', () => {
  expect(takeoverWithin(hit('kill', 5001), { seconds: 5 })).toMatchObject({ outcome: 'fail', findingsTotal: held.length });
});

test('a lane that is never taken over fails', () => {
  const result = takeoverWithin(hit('kill', 3000, [], held.slice(1)), { seconds: 5 });
  expect(result).toMatchObject({ outcome: 'fail', findings: [{ message: expect.stringContaining(`${laneOf(held[0]!)} was never`) }] });
});

test('a lane that its worker gave back before it died need not be taken over', () => {
  const released = leaseRow({ ...held[0]!, event: 'released', at: at - 500 });
  expect(takeoverWithin(hit('kill', 3000, [released], held.slice(1)), { seconds: 5 })).toMatchObject({ outcome: 'pass' });
});

test('each death of a crash loop is one that lanes are taken over from', () => {
  const loop: Fault = {
    kind: 'crash-loop',
    name: 'hit',
    at: { phase: 'steady', afterSeconds: 1 },
    role: 'worker',
    index: 1,
    times: 2,
    everySeconds: 1,
  };
  const looped = (afterMs: number): RunData => {
    const run = hit('kill', afterMs);
    return {
      ...run,
      plan: { ...run.plan, scenario: { ...run.plan.scenario, faults: [loop] } },
      evidence: [{ ...evidenceOf('kill'), kind: 'crash-loop' }],
    };
  };
  expect(takeoverWithin(looped(3400), { seconds: 5 })).toMatchObject({ outcome: 'pass' });
  expect(takeoverWithin(looped(5001), { seconds: 5 })).toMatchObject({ outcome: 'fail', findingsTotal: held.length });
});

test('where no worker with a lane was hit nothing is claimed', () => {
  expect(takeoverWithin(quiet, { seconds: 5 })).toMatchObject({ outcome: 'inconclusive' });
  expect(takeoverWithin({ ...hit('kill', 3000), evidence: [{ ...evidenceOf('kill'), tookEffect: false }] }, { seconds: 5 })).toMatchObject({
    outcome: 'inconclusive',
  });
});

test('a bound that is left out is a mistake of the scenario, not a verdict', () => {
  expect(() => takeoverWithin(quiet, {})).toThrow('parameter seconds must be a number');
});

test.each(['fenced', 'lost'])('a zombie that is %s passes', (event) => {
  expect(zombieFenced(hit('pause', 3500, [fenced(event)]))).toMatchObject({ outcome: 'pass' });
});

test('a zombie that goes on without being fenced fails', () => {
  expect(zombieFenced(hit('pause', 3500))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('the fencing of another worker, or before the pause, is not that of the zombie', () => {
  expect(zombieFenced(hit('pause', 3500, [{ ...fenced('fenced'), owner: survivor }])).outcome).toBe('fail');
  expect(zombieFenced(hit('pause', 3500, [{ ...fenced('fenced'), at: at - 10 }])).outcome).toBe('fail');
});

test('an epoch that is not newer fences nobody', () => {
  expect(zombieFenced(hit('pause', 3500, [fenced('fenced', 1)])).outcome).toBe('fail');
});

test('a worker that was paused, but lost no lane, is no zombie', () => {
  expect(zombieFenced(hit('pause', 3500, [], [])).outcome).toBe('inconclusive');
  expect(zombieFenced(quiet).outcome).toBe('inconclusive');
});

test('where no worker is hurt, one takeover fails; leases that are given back and taken do not', () => {
  expect(noTakeover(quiet).outcome).toBe('pass');
  expect(
    noTakeover(
      withRows(quiet, 'lease-event', (rows) => [
        ...rows,
        leaseRow({ event: 'released', at }),
        leaseRow({ event: 'acquired', at: at + 1, owner: victim }),
      ]),
    ).outcome,
  ).toBe('pass');
  expect(noTakeover(hit('kill', 3000)).outcome).toBe('fail');
  expect(noTakeover({ ...quiet, finalState: [] }).outcome).toBe('inconclusive');
});

test('takeovers are counted by the workers that lost their lanes', () => {
  expect(takeoversSeen(hit('kill', 3000), { atLeast: 1 })).toMatchObject({ outcome: 'pass' });
  expect(takeoversSeen(hit('kill', 3000), { atLeast: 2 })).toMatchObject({ outcome: 'inconclusive' });
  expect(takeoversSeen(quiet, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
});

test('fencing is seen where a write or a renewal was refused', () => {
  expect(fencingSeen(hit('pause', 3500, [fenced('fenced')]), { atLeast: 1 })).toMatchObject({ outcome: 'pass' });
  expect(fencingSeen(hit('pause', 3500, [fenced('fenced')]), { atLeast: 2 })).toMatchObject({ outcome: 'inconclusive' });
  expect(fencingSeen(quiet, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
});

test('lease events that were cut off prove neither that a lane was left nor that a zombie wrote on, but a takeover that is there is there', () => {
  const cut = (run: RunData): RunData => ({ ...run, finalStateComplete: false });
  expect(takeoverWithin(cut(hit('kill', 3000, [], held.slice(1))), { seconds: 5 })).toMatchObject({ outcome: 'inconclusive' });
  expect(zombieFenced(cut(hit('pause', 3500))).outcome).toBe('inconclusive');
  expect(noTakeover(cut(quiet)).outcome).toBe('inconclusive');
  expect(noTakeover(cut(hit('kill', 3000))).outcome).toBe('fail');
});
