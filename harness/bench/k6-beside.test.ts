import { expect, test } from 'vitest';
import { figuresOf, scriptOf } from './k6-beside.ts';

const run = { origin: 'http://127.0.0.1:1', ratePerSecond: 1000, settleSeconds: 1, seconds: 4, usersAhead: 100, users: 200 };
const scenariosOf = (script: string): unknown => JSON.parse(/scenarios: (\{.*\}),$/m.exec(script)?.[1] ?? '');

test('k6 settles in a scenario of its own, before what is measured', () => {
  expect(scenariosOf(scriptOf(run))).toMatchObject({
    settle: { rate: 1000, duration: '1s', exec: 'settle' },
    steady: { rate: 1000, duration: '4s', startTime: '1s' },
  });
  expect(scenariosOf(scriptOf({ ...run, settleSeconds: 0 }))).toEqual({ steady: expect.objectContaining({ startTime: '0s' }) as unknown });
});

test('what k6 sent, sent late and dropped while it settled is in none of its figures', () => {
  const summary = {
    metrics: {
      iterations: { values: { count: 5000 } },
      dropped_iterations: { values: { count: 500 } },
      'dropped_iterations{scenario:steady}': { values: { count: 0 } },
      late: { values: { rate: 0.02, passes: 80, fails: 3920 } },
      http_req_duration: { values: { 'p(90)': 1, 'p(95)': 2, 'p(99)': 3 } },
    },
  };
  expect(figuresOf(summary, 0.5)).toMatchObject({ sent: 4000, dropped: 0, lateRatio: 0.02, cpuPerSecond: 0.5 });
});

test('once k6 dropped arrivals only those are called late: each after them is held against a time that lies too early', () => {
  const summary = {
    metrics: {
      'dropped_iterations{scenario:steady}': { values: { count: 40 } },
      late: { values: { rate: 0.5, passes: 1980, fails: 1980 } },
      http_req_duration: { values: { 'p(90)': 1, 'p(95)': 2, 'p(99)': 3 } },
    },
  };
  expect(figuresOf(summary, 0.5)).toMatchObject({ sent: 3960, dropped: 40, lateRatio: 0.01 });
});
