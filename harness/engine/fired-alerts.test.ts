import { expect, test } from 'vitest';
import { firedAlerts } from './fired-alerts.ts';
import type { AlertInterval, AlertsRecord, RunTimeline } from './run-data.ts';

const timeline: RunTimeline = { zeroAt: 1000, phases: [], drainedAt: null, drainPending: [] };
const record = (...alerts: readonly (readonly [string, readonly AlertInterval[]])[]): AlertsRecord => ({
  format: 1,
  from: 1000,
  to: 20_000,
  stepMs: 1000,
  rules: [],
  heartbeat: 'Always',
  alerts: alerts.map(([alert, firing]) => ({ alert, labels: { severity: 'page' }, pending: [], firing })),
});

test('alerts of one name are one, in the order in which they came; the heartbeat is none', () => {
  const alerts = record(
    ['Always', [{ from: 1000, to: null }]],
    ['Late', [{ from: 9000, to: null }]],
    ['Soon', [{ from: 3000, to: 5000 }]],
    [
      'Soon',
      [
        { from: 4000, to: 6000 },
        { from: 8000, to: 8500 },
      ],
    ],
    ['Pending', []],
  );
  expect(firedAlerts({ alerts, timeline })).toEqual([
    {
      alert: 'Soon',
      severity: 'page',
      firing: [
        { fromSeconds: 2, toSeconds: 5 },
        { fromSeconds: 7, toSeconds: 7.5 },
      ],
    },
    { alert: 'Late', severity: 'page', firing: [{ fromSeconds: 8, toSeconds: null }] },
  ]);
  expect(firedAlerts({ alerts: null, timeline })).toEqual([]);
});
