import { expect, test } from 'vitest';
import type { AlertsRecord, RunTimeline, Series } from '../engine/run-data.ts';
import { createVirtualClock } from '../engine/virtual-clock.ts';
import type { Detection } from '../scenario/scenario.ts';
import { collectAlerts } from './collect-alerts.ts';
import { SignalError } from './signal-error.ts';

const zeroAt = 1_000_000;
const timeline: RunTimeline = {
  zeroAt,
  phases: [{ name: 'trouble', kind: 'fault', from: zeroAt + 2000, to: zeroAt + 6000 }],
  drainedAt: zeroAt + 8000,
  drainPending: [],
};
const expected: Detection = { fires: [{ alert: 'A', cause: 'trouble', withinSeconds: 5, resolvesWithinSeconds: 10 }] };
const rules: AlertsRecord['rules'] = [{ alert: 'A', health: 'ok', intervalSeconds: 1 }];

/** An export, an evaluation and a window of the rules after the end. */
const heardAfterSeconds = 1 + 1 + 5;

/** An evaluator in which A fires in the stretch, in seconds of the run; asked at 8 s for the first time. */
type Broken = { readonly range?: number; readonly rules?: true; readonly loaded?: AlertsRecord['rules'] };

const collect = async (stretch: readonly [number, number], detection = expected, broken: Broken = {}) => {
  const clock = createVirtualClock(zeroAt + 8000);
  const asked: string[] = [];
  const range = async (promql: string, from: number, to: number, step: number): Promise<readonly Series[]> => {
    asked.push(promql);
    if (asked.length <= (broken.range ?? 0)) throw new SignalError('prometheus', promql, 503, 'busy');
    const steps = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
    const samples = steps.filter((at) => at >= zeroAt / 1000 + stretch[0] && at < zeroAt / 1000 + stretch[1]).map((at) => [at, 1] as const);
    return samples.length === 0 ? [] : [{ labels: { alertname: 'A', alertstate: 'firing', severity: 'page' }, samples }];
  };
  const alertRules = async () => {
    if (broken.rules === true) throw new SignalError('prometheus', 'the rules', 404, 'nothing there');
    return broken.loaded ?? rules;
  };
  const { signal } = new AbortController();
  const scope = { runId: 'r', scenario: 's' };
  const record = await collectAlerts({
    client: { range, alertRules },
    clock,
    signal,
    scope,
    heartbeat: 'H',
    ruleNames: { alerts: ['A'], records: ['r:s'] },
    detection,
    timeline,
    evidence: [],
    exportIntervalMs: 1000,
  });
  return { record, asked, tookSeconds: (clock.now() - zeroAt) / 1000 - 8 };
};

test('what has come and gone needs no more waiting than the end of the run does', async () => {
  const { record, asked, tookSeconds } = await collect([4, 7]);
  expect(record).toMatchObject({ format: 1, from: zeroAt, stepMs: 1000, lookbackMs: 3000, rules, heartbeat: 'H' });
  expect(record.alerts).toEqual([
    { alert: 'A', labels: { severity: 'page' }, pending: [], firing: [{ from: zeroAt + 4000, to: zeroAt + 7000 }] },
  ]);
  expect(new Set(asked)).toEqual(new Set(['ALERTS{faultline_run="r",faultline_scenario="s"}']));
  expect(tookSeconds).toBe(heardAfterSeconds);
});

test('what still fires is waited for until it ends', async () => {
  const { record, tookSeconds } = await collect([4, 16]);
  expect(record.alerts[0]?.firing).toEqual([{ from: zeroAt + 4000, to: zeroAt + 16_000 }]);
  expect(tookSeconds).toBe(8);
});

test('what never ends is waited for no longer than two seconds past its bound', async () => {
  const { record, tookSeconds } = await collect([4, 1000]);
  expect(record.alerts[0]?.firing).toEqual([{ from: zeroAt + 4000, to: null }]);
  expect(tookSeconds).toBe(10);
});

test('what rests is waited for until it has fired, and what never comes no longer than the bound', async () => {
  const rests: Detection = { fires: [{ ...expected.fires[0]!, withinSeconds: 20, resolvesWithinSeconds: 'never' }] };
  expect((await collect([20, 1000], rests)).tookSeconds).toBe(12);
  expect((await collect([1000, 1001], rests)).tookSeconds).toBe(16);
});

test('an alert that fires just after all is drained is heard, where none is expected too', async () => {
  const { record, tookSeconds } = await collect([8 + heardAfterSeconds, 1000], { fires: [] });
  expect(record.alerts[0]?.firing).toEqual([{ from: zeroAt + 15_000, to: null }]);
  expect(tookSeconds).toBe(heardAfterSeconds);
});

test('what fires later than whatever the run set off is not waited for', async () => {
  const { record, tookSeconds } = await collect([8 + heardAfterSeconds + 1, 1000], { fires: [] });
  expect([record.alerts, tookSeconds]).toEqual([[], heardAfterSeconds]);
});

test('a question that is never answered stands in the record, and is asked five times', async () => {
  const { record, asked } = await collect([4, 7], expected, { range: 1000 });
  expect(record.error).toContain('busy');
  expect(asked).toHaveLength(5);
  expect((await collect([4, 7], expected, { rules: true })).record).toMatchObject({
    rules: [],
    error: expect.stringContaining('nothing there') as string,
  });
});

test('one answer that does not come is asked for again, with and without something to wait for', async () => {
  for (const detection of [expected, { fires: [] }]) {
    const { record, asked } = await collect([4, 7], detection, { range: 1 });
    expect(record.error).toBeUndefined();
    expect(record.alerts[0]?.firing).toHaveLength(1);
    expect(asked.length).toBeGreaterThan(1);
  }
});

test('a stack that never answers is not waited for to the last bound', async () => {
  const late: Detection = { fires: [{ ...expected.fires[0]!, withinSeconds: 100 }] };
  const { record, tookSeconds } = await collect([4, 7], late, { range: 1000 });
  expect(record.error).toContain('503');
  expect(tookSeconds).toBeLessThan(5);
});

test('an alert that no rule is loaded for stands in the record as missing, others than the own do not', async () => {
  const others = [
    { alert: 'B', health: 'ok', intervalSeconds: 15 },
    { alert: 'r:s', health: 'err', intervalSeconds: 1 },
  ];
  expect((await collect([4, 7], expected, { loaded: others })).record.rules).toEqual([
    { alert: 'r:s', health: 'err', intervalSeconds: 1 },
    { alert: 'A', health: 'missing', intervalSeconds: 0 },
  ]);
});
