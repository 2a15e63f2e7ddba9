// The telemetry as the engine holds it, against a real embedded stack: canaries, final values, budgets, plots, traces and logs of a run.
import { expect, test } from 'vitest';
import { readDashboard } from '../dashboards/read-dashboard.ts';
import { minimalDashboard, minimalPanel } from '../dashboards/testing.ts';
import { systemClock } from '../engine/clock.ts';
import type { RunTimeline, ScenarioPlan } from '../engine/run-data.ts';
import { startTestStack } from '../stack/embedded/testing.ts';
import { endpointsAt } from '../stack/running-stack.ts';
import { faultlineSignals } from '../targets/faultline/signals.ts';
import { createSignalClient } from './create-signal-client.ts';
import { embeddedDropped } from './embedded-dropped.ts';
import { createTelemetry } from './telemetry.ts';

const exportIntervalMs = 100;

const loki = { type: 'loki', uid: 'loki' };
const dashboard = readDashboard(
  minimalDashboard({
    panels: [
      minimalPanel({
        targets: [
          { refId: 'A', expr: 'sum(messaging_consumer_lag)' },
          { refId: 'B', expr: 'sum(' },
          { refId: 'C', datasource: loki, queryType: 'range', expr: '{service_name=~".+"} | faultline_run="r1"' },
          {
            refId: 'D',
            datasource: loki,
            queryType: 'range',
            expr: 'sum(count_over_time({service_name=~".+"} | faultline_run="r1" [5s]))',
          },
          { refId: 'E', datasource: loki, queryType: 'range', expr: '{service_name="nobody"}' },
        ],
      }),
    ],
  }),
);
const scope = { runId: 'r1', scenario: 'steady' };

const telemetryAt = (url: string, now = systemClock.now) =>
  createTelemetry({
    otlp: { urls: endpointsAt(url).otlp, headers: {} },
    client: createSignalClient({ endpoints: endpointsAt(url), access: {} }),
    signals: faultlineSignals,
    heartbeat: 'AlwaysFires',
    ruleNames: { alerts: ['AlwaysFires'], records: [] },
    clock: { ...systemClock, now },
    exportIntervalMs,
    visibleWithinMs: 0,
    dashboards: async () => [{ file: 'd.json', dashboard }],
    dropped: embeddedDropped(url),
  });

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
const resource = (run: string) => ({
  attributes: [
    attribute('service.name', 'faultline-accounting'),
    attribute('faultline.run', run),
    attribute('faultline.scenario', 'steady'),
  ],
});

const post = async (url: string, body: unknown): Promise<void> => {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
};

const exportBooks = async (url: string, run: string, atMs: number, appended: number): Promise<void> => {
  const timeUnixNano = `${atMs}000000`;
  const sum = (value: number) => ({
    aggregationTemporality: 2,
    isMonotonic: true,
    dataPoints: [{ asInt: String(value), timeUnixNano, attributes: [attribute('faultline.lane', '0')] }],
  });
  const gauge = (value: number) => ({
    dataPoints: [{ asDouble: value, timeUnixNano, attributes: [attribute('faultline.processor', 'events')] }],
  });
  const metrics = [
    { name: 'faultline.log.appended', unit: '{event}', sum: sum(appended) },
    { name: 'messaging.consumer.lag', unit: '{message}', gauge: gauge(3) },
    { name: 'faultline.accounting.age', unit: 's', gauge: { dataPoints: [{ asDouble: 0, timeUnixNano }] } },
  ];
  await post(`${url}/v1/metrics`, { resourceMetrics: [{ resource: resource(run), scopeMetrics: [{ metrics }] }] });
};

const budget = (name: string, promql: string, phase = 'steady') => ({
  name,
  why: '',
  promql,
  phase,
  over: 'end',
  unit: 'events',
  atMost: 5,
});
const plan = {
  scenario: {
    name: 'steady',
    expectations: [{ check: 'panels-have-data' }],
    budgets: [
      budget('lag', 'sum(messaging_consumer_lag{$run})'),
      budget('broken', 'sum('),
      budget('elsewhere', 'x{$run}', 'no-such-phase'),
      budget('absent', 'nothing{$run}', 'all'),
    ],
  },
} as unknown as ScenarioPlan;

test('a canary of each kind makes the round trip', async () => {
  await using stack = await startTestStack();
  const canary = await telemetryAt(stack.url).canary('before', scope, new AbortController().signal);
  expect(canary.map(({ when, kind, found }) => [when, kind, found])).toEqual([
    ['before', 'metric', true],
    ['before', 'log', true],
    ['before', 'span', true],
  ]);
});

test('a receiver that is down is told by every canary, and asking it for signals gives errors, not values', async () => {
  const stack = await startTestStack();
  await stack[Symbol.asyncDispose]();
  const telemetry = telemetryAt(stack.url);
  const canary = await telemetry.canary('after', scope, new AbortController().signal);
  expect(canary.map(({ found, detail }) => [found, detail?.includes('did not answer')])).toEqual([
    [false, true],
    [false, true],
    [false, true],
  ]);
  await expect(telemetry.fingerprint(scope)).rejects.toMatchObject({ name: 'SignalError' });
  const now = Date.now();
  const timeline: RunTimeline = {
    zeroAt: now - 1_000,
    phases: [{ name: 'steady', kind: 'steady', from: now - 1_000, to: now }],
    drainedAt: now,
    drainPending: [],
  };
  const signals = await telemetry.collect({
    ...scope,
    plan,
    timeline,
    exportIntervalMs,
    traceIds: ['a'.repeat(32)],
    instances: [],
    canary,
  });
  expect([...signals.finals, ...signals.plots, ...signals.logs].every(({ error }) => error !== undefined)).toBe(true);
  expect(signals.traces).toMatchObject([{ complete: false }]);
});

test('an exporter that falls silent in the middle of a phase and comes back leaves steps without data; one lost export leaves none', async () => {
  await using stack = await startTestStack();
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const at = (interval: number): number => now - 2_000 + interval * exportIntervalMs;
  // One export is lost at 3, then all from 8 to 13.
  for (const interval of [0, 1, 2, 4, 5, 6, 7, 14, 15, 16, 17, 18, 19, 20]) await exportBooks(stack.url, 'r1', at(interval), 1);
  const phases = [{ name: 'steady', kind: 'steady', from: at(0), to: at(20) }];
  const timeline: RunTimeline = { zeroAt: at(0), phases, drainedAt: at(19), drainPending: [] };
  const watched = { ...budget('lag', 'sum(messaging_consumer_lag{$run})'), over: 'every-step' };
  const mixed = {
    ...budget('mixed', 'sum(messaging_consumer_lag{$run}) + sum(faultline_ingest_queue_size_bytes{$run})'),
    over: 'every-step',
  };
  const watching = { scenario: { ...plan.scenario, budgets: [watched, mixed] } } as unknown as ScenarioPlan;
  const signals = await telemetryAt(stack.url).collect({
    ...scope,
    plan: watching,
    timeline,
    exportIntervalMs,
    traceIds: [],
    instances: [],
    canary: [],
  });
  const [lag, other] = signals.budgets;
  const seen = lag?.series[0]?.samples.map(([seconds]) => Math.round((seconds * 1_000 - at(0)) / exportIntervalMs));
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16, 17, 18, 19, 20]);
  expect([lag?.accounted, other?.accounted]).toEqual([true, false]);
});

test('questions and answers of a run are collected, of this run alone', async () => {
  await using stack = await startTestStack();
  const now = Date.now();
  // Asked at that moment, however long the machine takes to ask.
  const telemetry = telemetryAt(stack.url, () => now);
  await exportBooks(stack.url, 'r1', now - 300, 40);
  await exportBooks(stack.url, 'r1', now, 42);
  await exportBooks(stack.url, 'another', now, 999);
  await post(`${stack.url}/v1/logs`, {
    resourceLogs: [
      {
        resource: resource('r1'),
        scopeLogs: [
          {
            logRecords: [
              { timeUnixNano: `${now - 5}000000`, severityNumber: 17, body: { stringValue: 'bad' } },
              { timeUnixNano: `${now - 4}000000`, severityNumber: 9, body: { stringValue: 'good' } },
            ],
          },
        ],
      },
    ],
  });
  const before = await telemetry.fingerprint(scope);
  expect(await telemetry.fingerprint(scope)).toBe(before);

  const phases = [{ name: 'steady', kind: 'steady', from: now - 2_000, to: now }];
  const timeline: RunTimeline = { zeroAt: now - 2_000, phases, drainedAt: now - 100, drainPending: [] };
  const signals = await telemetry.collect({ ...scope, plan, timeline, exportIntervalMs, traceIds: [], instances: [], canary: [] });

  const appended = signals.finals.find(({ signal }) => signal === 'faultline.log.appended');
  expect(appended?.series.map(({ labels, samples }) => [labels['faultline_lane'], samples.at(-1)?.[1]])).toEqual([['0', 42]]);
  expect(signals.finals.find(({ signal }) => signal === 'faultline.log.duplicates')).toMatchObject({ series: [] });

  expect(signals.panels?.map(({ refId, found, isRefused }) => [refId, found > 0, isRefused])).toEqual([
    ['A', true, undefined],
    ['B', false, true],
    ['C', true, undefined],
    ['D', true, undefined],
    ['E', false, undefined],
  ]);

  const [lag, broken, elsewhere, absent] = signals.budgets;
  expect(lag).toMatchObject({ from: now - 2_000, to: now, promql: expect.stringContaining('faultline_run="r1"') });
  expect(lag?.series[0]?.samples.at(-1)?.[1]).toBe(3);
  expect(broken?.error).toContain('400');
  expect(elsewhere?.error).toContain('no-such-phase did not take place');
  expect([absent?.series, absent?.error]).toEqual([[], undefined]);

  const plot = signals.plots.find(({ name }) => name === 'lag');
  expect(plot?.error).toBeUndefined();
  expect(plot?.series[0]?.labels['faultline_processor']).toBe('events');
  expect(signals.plots.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(signals.logs.map(({ level, lines, error }) => [level, lines, error])).toEqual([['error', 1, undefined]]);
  expect(signals.dropped).toBe(0);
});

test('records about marked events and dead letters are found by the event, with or without a trace id, and their traces are followed', async () => {
  await using stack = await startTestStack();
  const now = Date.now();
  const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)];
  const record = (eventId: number, body: string, more: object = {}, attributes: readonly unknown[] = []) => ({
    timeUnixNano: `${now}000000`,
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: body },
    attributes: [{ key: 'faultline.event.id', value: { intValue: String(eventId) } }, ...attributes],
    ...more,
  });
  const traced = { traceId, spanId };
  const dead = { severityNumber: 17, severityText: 'ERROR' };
  const reason = [attribute('faultline.reason', 'handler_threw')];
  const duplicate = [{ key: 'faultline.duplicate', value: { boolValue: true } }];
  const logRecords = [
    record(1, 'accepted', traced),
    record(1, 'accepted again', {}, duplicate),
    record(2, 'not asked for', traced),
    record(3, 'accepted', { traceId: 'c'.repeat(32), spanId }),
    record(3, 'dead letter', dead, reason),
  ];
  await post(`${stack.url}/v1/logs`, { resourceLogs: [{ resource: resource('r1'), scopeLogs: [{ logRecords }] }] });
  const span = { ...traced, name: 'send events', kind: 4, startTimeUnixNano: `${now}000000`, endTimeUnixNano: `${now}000001` };
  await post(`${stack.url}/v1/traces`, { resourceSpans: [{ resource: resource('r1'), scopeSpans: [{ spans: [span] }] }] });
  const timeline: RunTimeline = { zeroAt: now, phases: [], drainedAt: now, drainPending: [] };
  const collected = { ...scope, plan, timeline, exportIntervalMs, traceIds: [], marked: [{ id: 1, traceId }], instances: [], canary: [] };
  const { eventLogs } = await telemetryAt(stack.url).collect(collected);
  expect(eventLogs?.error).toBeUndefined();
  expect(eventLogs?.asked).toEqual([1, 3]);
  expect(eventLogs?.records.map(({ eventId, line, traceId: id }) => [eventId, line, id]).toSorted()).toEqual([
    [1, 'accepted', traceId],
    [3, 'accepted', 'c'.repeat(32)],
    [3, 'dead letter', null],
  ]);
  expect(eventLogs?.traces).toEqual([
    { traceId, spanId, found: true },
    { traceId: 'c'.repeat(32), spanId, found: false },
  ]);
});
