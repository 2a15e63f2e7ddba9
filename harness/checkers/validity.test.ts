import { expect, test } from 'vitest';
import type { FaultEvidence, MachineSample, RunData } from '../engine/run-data.ts';
import type { Fault } from '../scenario/scenario.ts';
import { faultsHealed } from './faults-healed.ts';
import { faultsTookEffect } from './faults-took-effect.ts';
import { finalStateComplete } from './final-state-complete.ts';
import { generator } from './generator.ts';
import { historyComplete } from './history-complete.ts';
import { machine, machineExcuse } from './machine.ts';
import { samples } from './samples.ts';
import { telemetry } from './telemetry.ts';
import { changeFirst, quietScenario, simulateRun, withOperations, zeroAt } from './testing/simulated-run.ts';

const run = simulateRun();
const late = (lateMs: number, share: number): RunData =>
  withOperations(run, (operations) =>
    operations.map((operation, index) =>
      index < operations.length * share ? { ...operation, handedAt: operation.intendedAt + lateMs } : operation,
    ),
  );

test('a generator that kept its plan passes, with a few operations late', () => {
  expect(generator(run).outcome).toBe('pass');
  expect(generator(late(900, 0.02)).outcome).toBe('pass');
  expect(generator(late(240, 1)).outcome).toBe('pass');
});

test('a generator that was late too often, or once for too long, makes the run inconclusive', () => {
  expect(generator(late(260, 0.03)).outcome).toBe('inconclusive');
  const once = withOperations(run, (operations) => changeFirst(operations, { handedAt: 3001, intendedAt: 0 }));
  expect(generator(once)).toMatchObject({ outcome: 'inconclusive', findingsTotal: 1 });
});

test('lines of an imported file are not the work of the generator: they make up for no lateness', () => {
  const imported = Array.from({ length: run.operations.length }, (_unused, n) => ({
    ...run.operations[0]!,
    op: 100_000_000 + n,
    event: 100_000_000 + n,
    attempt: 2,
    handedAt: run.operations[0]!.intendedAt,
  }));
  const beside = (of: RunData): RunData => ({ ...of, operations: [...of.operations, ...imported] });
  expect(generator(beside(run)).outcome).toBe('pass');
  expect(generator(beside(late(260, 0.03))).outcome).toBe('inconclusive');
  expect(generator({ ...run, operations: imported, historyComplete: false }).outcome).toBe('inconclusive');
});

test('an answer that took long is not the generator being late', () => {
  expect(
    generator(withOperations(run, (operations) => operations.map((operation) => ({ ...operation, doneAt: operation.handedAt + 9000 }))))
      .outcome,
  ).toBe('pass');
});

test('operations that were planned and never done make the run inconclusive', () => {
  expect(generator(withOperations(run, (operations) => operations.slice(1))).outcome).toBe('inconclusive');
  expect(generator({ ...run, operations: [] }).outcome).toBe('inconclusive');
});

test('a phase with too few answers makes the run inconclusive; one that is short by its plan does not', () => {
  expect(samples(run).outcome).toBe('pass');
  const silent = withOperations(run, (operations) =>
    operations.map((operation) => (operation.phase === 'steady' ? { ...operation, status: null } : operation)),
  );
  expect(samples(silent)).toMatchObject({ outcome: 'inconclusive', findingsTotal: 1 });
  const short = simulateRun({ ...quietScenario, phases: [{ name: 'short', kind: 'steady', seconds: 1, ratePerSecond: 5 }] });
  expect(samples(short).outcome).toBe('pass');
});

test('nobody answers a datagram: those that were sent count', () => {
  const silent = withOperations(run, (operations) => operations.map((operation) => ({ ...operation, status: null })));
  const datagram = { source: 'producer-0', boot: 'b', n: 1 };
  const sent = withOperations(silent, (operations) => operations.map((operation) => ({ ...operation, datagram })));
  expect(samples(silent).outcome).toBe('inconclusive');
  expect(samples(sent).outcome).toBe('pass');
});

test('files that are not whole make the run inconclusive', () => {
  expect(historyComplete(run).outcome).toBe('pass');
  expect(historyComplete({ ...run, historyComplete: false }).outcome).toBe('inconclusive');
  expect(finalStateComplete(run).outcome).toBe('pass');
  expect(finalStateComplete({ ...run, finalStateComplete: false }).outcome).toBe('inconclusive');
});

const kill: Fault = {
  kind: 'kill',
  name: 'kill-one',
  at: { phase: 'steady', afterSeconds: 1 },
  role: 'worker',
  index: 0,
  restartAfterSeconds: 1,
};
const evidence: FaultEvidence = {
  fault: 'kill-one',
  kind: 'kill',
  injectedAt: zeroAt + 2000,
  healedAt: zeroAt + 3000,
  tookEffect: true,
  healed: true,
  observations: [{ at: zeroAt + 2000, source: 'process', observed: 'worker 0 was ended by SIGKILL' }],
};
const faulty = (entries: readonly FaultEvidence[]): RunData => ({
  ...run,
  plan: { ...run.plan, scenario: { ...quietScenario, faults: [kill] } },
  evidence: entries,
});

test('a fault with evidence passes', () => {
  expect(faultsTookEffect(faulty([evidence])).outcome).toBe('pass');
  expect(faultsTookEffect(run).outcome).toBe('pass');
});

test('a fault that did nothing, has no evidence or was never carried out makes the run inconclusive', () => {
  expect(faultsTookEffect(faulty([{ ...evidence, tookEffect: false }])).outcome).toBe('inconclusive');
  expect(faultsTookEffect(faulty([{ ...evidence, observations: [] }])).outcome).toBe('inconclusive');
  expect(faultsTookEffect(faulty([{ ...evidence, fault: 'another' }])).outcome).toBe('inconclusive');
  expect(faultsTookEffect(faulty([])).outcome).toBe('inconclusive');
});

test('a fault that was not healed makes the run inconclusive', () => {
  expect(faultsHealed(faulty([evidence])).outcome).toBe('pass');
  expect(faultsHealed(faulty([{ ...evidence, healed: false, healedAt: null }])).outcome).toBe('inconclusive');
  expect(faultsHealed(run).outcome).toBe('pass');
});

const signals = run.signals!;

test('telemetry whose canaries came back passes', () => {
  expect(telemetry(run).outcome).toBe('pass');
});

test('a runtime that does not count what it drops is believed by its canaries, and this is said', () => {
  const uncounted = { ...signals, dropped: 'uncounted' as const };
  expect(telemetry({ ...run, signals: uncounted })).toMatchObject({
    outcome: 'pass',
    summary: expect.stringContaining('does not tell what it drops') as string,
  });
  expect(telemetry({ ...run, signals: { ...uncounted, canary: signals.canary.slice(1) } }).outcome).toBe('inconclusive');
});

test('no telemetry, a canary that is lost or was never sent, or dropped records make the run inconclusive', () => {
  expect(telemetry({ ...run, signals: null }).outcome).toBe('inconclusive');
  expect(telemetry({ ...run, signals: { ...signals, canary: changeFirst(signals.canary, { found: false }) } })).toMatchObject({
    outcome: 'inconclusive',
    findingsTotal: 1,
  });
  expect(telemetry({ ...run, signals: { ...signals, canary: signals.canary.slice(1) } }).outcome).toBe('inconclusive');
  expect(telemetry({ ...run, signals: { ...signals, dropped: 1 } }).outcome).toBe('inconclusive');
  expect(telemetry({ ...run, signals: { ...signals, dropped: null } }).outcome).toBe('inconclusive');
});

const loaded = (change: (sample: MachineSample, index: number) => Partial<MachineSample>): RunData => {
  const all = Array.from({ length: 20 }, (_unused, index) => ({ ...run.machine[0]!, at: zeroAt + index * 500 }));
  return { ...run, machine: all.map((sample, index) => ({ ...sample, ...change(sample, index) })) };
};
const ours = (cpuSeconds: number): MachineSample['processes'] => [{ role: 'worker', pid: 1, cpuSeconds, pssBytes: null }];

test('a machine that the run itself keeps busy is not starved', () => {
  expect(machine(loaded(() => ({ cpuBusy: 1, processes: ours(1) }))).outcome).toBe('pass');
});

test('a machine that others take almost whole, by load or by steal, on average or for three seconds, makes the run inconclusive', () => {
  expect(machine(loaded(() => ({ cpuBusy: 1, processes: ours(0.2) }))).outcome).toBe('inconclusive');
  expect(machine(loaded(() => ({ cpuBusy: 0.1, cpuSteal: 0.8, processes: ours(0.1) }))).outcome).toBe('inconclusive');
  const burst = loaded((_sample, index) =>
    index >= 5 && index < 12 ? { cpuBusy: 1, processes: ours(0.02) } : { cpuBusy: 0.2, processes: ours(0.2) },
  );
  expect(machine(burst)).toMatchObject({ outcome: 'inconclusive', findingsTotal: 1 });
});

test('a machine that is shared excuses a missed budget, and does not make a run inconclusive that held everything', () => {
  const shared = loaded(() => ({ cpuBusy: 1, processes: ours(0.5) }));
  expect(machine(shared).outcome).toBe('pass');
  expect(machineExcuse(shared)).toContain('Others took 50 % of the machine');
  expect(machineExcuse(loaded(() => ({ cpuBusy: 0.3, cpuSteal: 0.5, processes: ours(0.3) })))).not.toBeNull();
  expect(machineExcuse(loaded(() => ({ cpuBusy: 1, processes: ours(0.7) })))).toBeNull();
  expect(machineExcuse({ ...run, machine: [] })).not.toBeNull();
});

test('one second of a neighbour is no starvation', () => {
  expect(
    machine(
      loaded((_sample, index) =>
        index === 5 || index === 6 ? { cpuBusy: 1, processes: ours(0.1) } : { cpuBusy: 0.2, processes: ours(0.2) },
      ),
    ).outcome,
  ).toBe('pass');
});

test('a machine that was not looked at, or does not say its cores, makes the run inconclusive', () => {
  expect(machine({ ...run, machine: [] }).outcome).toBe('inconclusive');
  expect(machine({ ...run, machineComplete: false })).toMatchObject({
    outcome: 'inconclusive',
    summary: expect.stringContaining('cut off'),
  });
  expect(machine({ ...run, machine: run.machine.map(({ cores: _cores, ...sample }) => sample) }).outcome).toBe('inconclusive');
});
