import { expect, test } from 'vitest';
import { planScenario } from '../engine/plan.ts';
import { scenarioOf } from '../drivers/testing.ts';
import { createRequestMaker } from '../drivers/request-maker.ts';

const tenants = [
  { name: 'quiet', share: 0.1 },
  { name: 'noisy', share: 0.9 },
];
const planned = planScenario(scenarioOf({ tenants }, 10), 1).traffic.operations;
const withHandlerPoison = planScenario(scenarioOf({ tenants, poison: { share: 0.2, kinds: ['handler-throws'] } }, 10), 1).traffic
  .operations;

test('each tenant sends its share, and is the system of its events', () => {
  const quiet = planned.filter(({ systemName }) => systemName === 'quiet').length;
  expect(new Set(planned.map(({ systemName }) => systemName))).toEqual(new Set(['quiet', 'noisy']));
  expect(quiet / planned.length).toBeGreaterThan(0.07);
  expect(quiet / planned.length).toBeLessThan(0.13);
});

test('the events around a poisoned one are of its tenant', () => {
  const byObject = Map.groupBy(withHandlerPoison, ({ objectId }) => objectId);
  for (const [objectId, operations] of byObject)
    expect(objectId.startsWith('poisoned') ? new Set(operations.map(({ systemName }) => systemName)).size : 1).toBe(1);
});

test('without tenants the plan is what it was', () => {
  const systems = new Set(planScenario(scenarioOf(), 1).traffic.operations.map(({ systemName }) => systemName));
  expect([...systems].toSorted()).toEqual(['billing', 'checkout', 'shipping']);
});

test('the key of its tenant goes with each event, and with no other', () => {
  const make = createRequestMaker({ url: 'http://127.0.0.1/events', seed: 1, credentials: { quiet: 'fl_q', noisy: 'fl_n' } }, {});
  for (const operation of planned.slice(0, 50)) {
    const { headers } = make(operation);
    expect(headers[headers.indexOf('authorization') + 1]).toBe(operation.systemName === 'quiet' ? 'Bearer fl_q' : 'Bearer fl_n');
  }
  expect(createRequestMaker({ url: 'http://127.0.0.1/events', seed: 1 }, {})(planned[0]!).headers).not.toContain('authorization');
});
