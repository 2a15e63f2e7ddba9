import { expect, test } from 'vitest';
import { duplicateInLog } from '../checkers/duplicate-in-log.ts';
import { lost } from '../checkers/lost.ts';
import { phantom } from '../checkers/phantom.ts';
import { quietScenario, simulateRun, withRows, type SimulatedRun } from '../checkers/testing/simulated-run.ts';
import { createBodyMaker } from '../traffic/body.ts';
import { planTraffic } from '../traffic/plan-traffic.ts';

const scenario = { ...quietScenario, traffic: { ...quietScenario.traffic, ids: 'none' as const } };
/** As a system keeps events to which nobody gave a key. */
const run: SimulatedRun = withRows(
  withRows(simulateRun(scenario), 'log', (rows) => rows.map((row) => ({ ...row, idempotencyKey: null }))),
  'event',
  (rows) => rows.map((row) => ({ ...row, idempotencyKey: null })),
);

test('events without ids are known again by their bodies: what was acknowledged is there, and was sent', () => {
  expect(run.operations.length).toBeGreaterThan(100);
  for (const check of [lost, phantom, duplicateInLog]) expect([check(run)].flat()[0]).toMatchObject({ outcome: 'pass' });
});

test('a row that is there twice under two ids is a duplicate, one with a body that nobody sent is a phantom, one that is gone is lost', () => {
  const doubled = withRows(run, 'log', (rows) => [...rows, { ...rows[0]!, id: 999_999, position: rows[0]!.position + 100_000 }]);
  expect(duplicateInLog(doubled)).toMatchObject({ outcome: 'fail' });
  expect(phantom(withRows(run, 'log', (rows) => [...rows, { ...rows[0]!, id: 999_999, bodySha256: 'f'.repeat(64) }]))).toMatchObject({
    outcome: 'fail',
  });
  expect(lost(withRows(run, 'log', (rows) => rows.slice(1)))).toMatchObject({ outcome: 'fail' });
});

test('they are sent without an id, each with a body of its own', () => {
  const { operations } = planTraffic({ name: scenario.name, phases: scenario.phases, traffic: scenario.traffic }, 7);
  const bodies = operations.map((operation) => String(createBodyMaker(7)(operation)));
  expect(new Set(bodies).size).toBe(operations.length);
  expect(bodies.filter((body) => 'id' in (JSON.parse(body) as object))).toEqual([]);
});
