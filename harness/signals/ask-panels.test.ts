import { expect, test } from 'vitest';
import { readDashboard } from '../dashboards/read-dashboard.ts';
import { minimalDashboard, minimalPanel } from '../dashboards/testing.ts';
import type { RunTimeline, Series } from '../engine/run-data.ts';
import { askPanels } from './ask-panels.ts';
import type { SignalClient } from './client.ts';
import { SignalError } from './signal-error.ts';

const timeline: RunTimeline = {
  zeroAt: 100_000,
  phases: [
    { name: 'steady', kind: 'steady', from: 100_000, to: 110_000 },
    { name: 'drain', kind: 'drain', from: 110_000, to: 115_000 },
  ],
  drainedAt: 115_000,
  drainPending: [],
};

const series = (...values: readonly number[]): Series => ({ labels: {}, samples: values.map((value, at) => [at, value]) });

type Asked = { readonly how: string; readonly query: string; readonly times: readonly unknown[] };

const clientOf = (asked: Asked[], answer: (query: string) => readonly Series[]): SignalClient => ({
  instant: async (query, at) => {
    asked.push({ how: 'instant', query, times: [at] });
    return answer(query);
  },
  range: async (query, ...times) => {
    asked.push({ how: 'range', query, times });
    return answer(query);
  },
  trace: async () => [],
  searchTraces: async (query, from, to, limit) => {
    asked.push({ how: 'search', query, times: [from, to, limit] });
    return ['a', 'b'];
  },
  countLogs: async (query, over) => {
    asked.push({ how: 'logs', query, times: [over.from, over.to] });
    return 0;
  },
  logs: async () => [],
  alertRules: async () => [],
});

const dashboardOf = (targets: readonly unknown[], changes = {}) =>
  readDashboard(minimalDashboard({ panels: [minimalPanel({ targets })], ...changes }));

const ask = (dashboards: Parameters<typeof askPanels>[0]['dashboards'], answer: (query: string) => readonly Series[] = () => []) => {
  const asked: Asked[] = [];
  const client = clientOf(asked, answer);
  const scope = { runId: 'r-1', scenario: 'steady' };
  return askPanels({ client, dashboards, scope, timeline, exportIntervalMs: 1_000 }).then((records) => ({ records, asked }));
};

test('every query is asked at the end of the traffic, before the drain, and told with what it found', async () => {
  const targets = [
    { refId: 'A', expr: 'rate(x[$__rate_interval])' },
    { refId: 'B', expr: 'sum(y)', instant: true },
    { refId: 'C', datasource: { type: 'tempo', uid: 'tempo' }, queryType: 'traceql', query: '{}', limit: 50 },
    { refId: 'D', datasource: { type: 'loki', uid: 'loki' }, expr: '{a="b"}', queryType: 'range' },
  ];
  const { records, asked } = await ask([{ file: 'd.json', dashboard: dashboardOf(targets) }], () => [series(1), series(2)]);
  expect(asked).toEqual([
    { how: 'range', query: 'rate(x[4s])', times: [40, 110, 1] },
    { how: 'instant', query: 'sum(y)', times: [110] },
    { how: 'search', query: '{}', times: [40, 110, 20] },
    { how: 'logs', query: '{a="b"}', times: [40, 110] },
  ]);
  expect(records.map(({ dashboard, panel, refId, found }) => [dashboard, panel, refId, found])).toEqual([
    ['d', 'Lag', 'A', 2],
    ['d', 'Lag', 'B', 2],
    ['d', 'Lag', 'C', 2],
    ['d', 'Lag', 'D', 0],
  ]);
});

test('a series that is NaN all along is no data', async () => {
  const { records } = await ask([{ file: 'd.json', dashboard: dashboardOf([{ refId: 'A', expr: 'x' }]) }], () => [series(NaN, NaN)]);
  expect(records[0]?.found).toBe(0);
});

test('run and scenario are chosen where the dashboard has them, and a variable is asked for its values', async () => {
  const variable = {
    type: 'query',
    name: 'faultline_run',
    datasource: { type: 'prometheus', uid: 'prometheus' },
    query: { query: 'label_values(up, faultline_run)', refId: 'v' },
    includeAll: true,
    allValue: '.*',
  };
  const dashboard = dashboardOf([{ refId: 'A', expr: 'x{faultline_run=~"$faultline_run"}' }], { templating: { list: [variable] } });
  const { asked } = await ask([{ file: 'd.json', dashboard }]);
  expect(asked.map(({ query }) => query)).toEqual(['x{faultline_run=~"r-1"}', 'count by (faultline_run) (up)']);
});

test('a dashboard that can not be read, or a variable that is not there, is told as refused', async () => {
  const { records } = await ask([
    { file: 'broken.json', dashboard: null, problem: 'not JSON' },
    { file: 'd.json', dashboard: dashboardOf([{ refId: 'A', expr: 'x{a="$nobody"}' }]) },
  ]);
  expect(records.map(({ dashboard, isRefused }) => [dashboard, isRefused])).toEqual([
    ['broken.json', true],
    ['d.json', true],
  ]);
});

test.each([
  [400, true],
  [503, false],
  [null, false],
])('an error with status %s is refused: %s', async (status, isRefused) => {
  const fail = () => {
    throw new SignalError('prometheus', 'x', status, 'no');
  };
  const { records } = await ask([{ file: 'd.json', dashboard: dashboardOf([{ refId: 'A', expr: 'x' }]) }], fail);
  expect(records[0]).toMatchObject({ found: 0, isRefused, error: expect.stringContaining('prometheus') as string });
});
