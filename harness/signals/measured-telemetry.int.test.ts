// The telemetry of a target with measures of its own, against a real embedded stack.
import { expect, test } from 'vitest';
import { quietScenario, simulateRun } from '../checkers/testing/simulated-run.ts';
import { systemClock } from '../engine/clock.ts';
import { startTestStack } from '../stack/embedded/testing.ts';
import { endpointsAt } from '../stack/running-stack.ts';
import { budgetResults } from './budgets.ts';
import { createSignalClient } from './create-signal-client.ts';
import { embeddedDropped } from './embedded-dropped.ts';
import { createMeasuredTelemetry } from './measured-telemetry.ts';

const scope = { runId: 'r1', scenario: 'quiet' };
const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** What another system says of itself: a gauge that the harness has never heard of. */
const say = async (url: string, runId: string, atMs: number, value: number): Promise<void> => {
  const attributes = [
    attribute('service.name', 'shop'),
    attribute('faultline.run', runId),
    attribute('faultline.scenario', scope.scenario),
  ];
  const gauge = { dataPoints: [{ asDouble: value, timeUnixNano: `${atMs}000000` }] };
  const body = { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics: [{ name: 'shop.queue.length', gauge }] }] }] };
  const answer = await fetch(`${url}/v1/metrics`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
};

test('budgets are asked of the metrics that the target itself exports, and of this run alone', async () => {
  await using stack = await startTestStack();
  const now = systemClock.now();
  const telemetry = createMeasuredTelemetry({
    otlp: { urls: endpointsAt(stack.url).otlp, headers: {} },
    client: createSignalClient({ endpoints: endpointsAt(stack.url), access: {} }),
    clock: systemClock,
    visibleWithinMs: 0,
    dropped: embeddedDropped(stack.url),
  });
  await expect(telemetry.fingerprint(scope)).rejects.toThrow(/no series of this run/);
  await say(stack.url, 'r1', now, 7);
  await say(stack.url, 'r2', now, 900);
  const said = await telemetry.fingerprint(scope);
  expect(said).toMatch(/shop_queue_length.* 7$/m);

  const signal = new AbortController().signal;
  const canary = await telemetry.canary('before', scope, signal);
  expect(canary.map(({ kind, found }) => [kind, found])).toEqual([
    ['metric', true],
    ['log', true],
    ['span', true],
  ]);

  const why = 'Orders do not pile up.';
  const budget = { name: 'queue', why, promql: 'max(shop_queue_length{$run})', phase: 'steady', over: 'end', unit: 'orders' } as const;
  const scenario = {
    ...quietScenario,
    budgets: [
      { ...budget, atMost: 10 },
      { ...budget, name: 'tight', atMost: 5 },
    ],
  };
  const { plan } = simulateRun(scenario);
  const phases = [{ name: 'steady', kind: 'steady', from: now - 1000, to: now + 500 }];
  const timeline = { zeroAt: now - 1000, phases, drainedAt: now + 500, drainPending: [] };
  const signals = await telemetry.collect({ ...scope, plan, timeline, exportIntervalMs: 1000, traceIds: [], instances: [], canary });
  expect(signals.dropped).toBe(0);
  expect(budgetResults(plan, signals).map(({ id, outcome, measured }) => [id, outcome, measured?.value])).toEqual([
    ['budget/queue@steady', 'pass', 7],
    ['budget/tight@steady', 'fail', 7],
  ]);
});
