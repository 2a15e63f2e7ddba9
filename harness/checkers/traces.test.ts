import { expect, test } from 'vitest';
import type { RunData, SignalsRecord } from '../engine/run-data.ts';
import { traces } from './traces.ts';
import { changeFirst, simulateRun, zeroAt } from './testing/simulated-run.ts';

const run = simulateRun();
const signals = run.signals as SignalsRecord;
const broken: RunData = {
  ...run,
  signals: { ...signals, traces: changeFirst(signals.traces, { complete: false, missing: ['a CONSUMER span'] }) },
};

test('traces that lead from request to row pass', () => {
  expect(signals.traces.length).toBeGreaterThanOrEqual(5);
  expect(traces(run).outcome).toBe('pass');
});

test('a trace that lacks a part is a failure, with what it lacks', () => {
  const result = traces(broken);
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toContain('a CONSUMER span');
});

test('a trace whose spans may have died with a process is not asked for', () => {
  const marked = run.operations.find(({ traceId }) => traceId === signals.traces[0]!.traceId)!;
  const injectedAt = zeroAt + marked.doneAt + 500;
  const evidence = [{ fault: 'k', kind: 'kill', injectedAt, healedAt: injectedAt, tookEffect: true, healed: true, observations: [] }];
  expect(traces({ ...broken, evidence }).outcome).toBe('pass');
  // A loop of crashes has one fault and several deaths.
  const death = {
    at: injectedAt,
    source: 'process',
    observed: 'it was ended by SIGKILL',
    data: { event: 'exited', code: null as number | null },
  };
  const looped = (observations: readonly (typeof death)[]) =>
    traces({ ...broken, evidence: [{ ...evidence[0]!, kind: 'crash-loop', injectedAt: injectedAt - 60_000, observations }] });
  expect(looped([]).outcome).toBe('fail');
  expect(looped([death]).outcome).toBe('pass');
  expect(looped([{ ...death, data: { event: 'exited', code: 0 } }]).outcome).toBe('fail');
  // Who is stopped in order has the time to export them.
  expect(traces({ ...broken, evidence: [{ ...evidence[0]!, kind: 'restart' }] }).outcome).toBe('fail');
});

test('traces that nobody looked for are inconclusive', () => {
  expect(traces({ ...run, signals: { ...signals, traces: [] } }).outcome).toBe('inconclusive');
  expect(traces({ ...run, signals: null }).outcome).toBe('inconclusive');
});

test('a trace that the stack did not answer for proves nothing', () => {
  const error = 'tempo did not answer';
  const unanswered = { ...signals, traces: changeFirst(signals.traces, { complete: false, missing: [error], error }) };
  expect(traces({ ...run, signals: unanswered })).toMatchObject({ outcome: 'inconclusive', findingsTotal: 1 });
});

test('a trace that lacks a part proves nothing where the receiver was not heard', () => {
  const deaf = { ...(broken.signals as SignalsRecord), canary: changeFirst(signals.canary, { found: false }) };
  expect(traces({ ...broken, signals: deaf }).outcome).toBe('inconclusive');
  expect(traces({ ...broken, signals: { ...(broken.signals as SignalsRecord), dropped: 3 } }).outcome).toBe('inconclusive');
});
