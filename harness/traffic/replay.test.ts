import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Operation } from '../history/operation.ts';
import { replay, toRecording } from '../scenario/recording.ts';
import type { Traffic } from '../scenario/scenario.ts';
import { planTraffic, type TrafficPlan } from './plan-traffic.ts';
import type { TrafficSource } from './plan-events.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultline-replay-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const phases: TrafficSource['phases'] = [
  { name: 'first', kind: 'warm-up', seconds: 1, ratePerSecond: 50 },
  { name: 'second', kind: 'steady', seconds: 2, ratePerSecond: 100 },
];
const traffic: Traffic = {
  arrivals: 'poisson',
  keys: { kind: 'zipf', count: 30, exponent: 1 },
  sequenced: true,
  duplicates: { share: 0.2, withinMs: 300 },
  poison: { share: 0.1, kinds: ['broken-json', 'handler-throws'] },
};
const historyOf = ({ operations }: TrafficPlan): Operation[] =>
  operations.map((planned) => ({ ...planned, intendedAt: planned.intendedAtMs, outcome: 'ok' }) as unknown as Operation);
const shapeOf = ({ operations }: TrafficPlan) =>
  operations.map(({ intendedAtMs, phase, systemName, objectId, eventName, sequence, poison, delivery, expected }) => ({
    atUs: Math.round(intendedAtMs * 1000),
    phase,
    key: `${systemName}/${objectId}`,
    eventName,
    sequence,
    poison,
    delivery,
    expected: expected.status,
  }));

test('a replay delivers the same events about the same keys at the same times, under identities of its own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
      const recorded = planTraffic({ name: 'before', phases, traffic }, seed);
      // Recorded in the order in which they ended, which is not that of sending.
      const recording = toRecording(historyOf(recorded).toReversed());
      const again = planTraffic({ name: 'again', phases, traffic: { arrivals: 'replay', keys: traffic.keys, replay: recording } }, 9);
      expect(shapeOf(again)).toEqual(shapeOf(recorded));
      expect(again.operations[0]?.idempotencyKey).toMatch(/^again-9-/);
    }),
    { numRuns: 20 },
  );
});

test('the attempts of clients that tried again, and the lines of an imported file, are no deliveries of their own', () => {
  const recorded = historyOf(planTraffic({ name: 'before', phases, traffic }, 1));
  const again = recorded
    .slice(0, 20)
    .map((operation, n) => ({ ...operation, op: 1_000_000 + n, attempt: 2, intendedAt: operation.intendedAt + 500 }));
  const imported = recorded.slice(0, 20).map((operation, n) => ({
    ...operation,
    op: 100_000_000 + n,
    event: 100_000_000 + n,
    systemName: 'import',
    attempt: 2,
  }));
  expect(toRecording([...recorded, ...again, ...imported])).toEqual(toRecording(recorded));
});

test('what came after the last phase is left out', () => {
  const recorded = planTraffic({ name: 'before', phases, traffic }, 1);
  const recording = toRecording(historyOf(recorded));
  const short = planTraffic(
    { name: 'short', phases: phases.slice(0, 1), traffic: { arrivals: 'replay', keys: traffic.keys, replay: recording } },
    1,
  );
  expect(short.operations.length).toBe(recorded.operations.filter(({ intendedAtMs }) => intendedAtMs < 1000).length);
});

test('a history is read from its file; one that is damaged or empty is refused with its place', () => {
  const file = join(folder, 'history.ndjson');
  const lines = historyOf(planTraffic({ name: 'before', phases, traffic }, 1)).map((operation) => JSON.stringify(operation));
  writeFileSync(file, ['{"format":1}', ...lines, '{"end":true}', ''].join('\n'));
  expect(replay(file).replay?.deliveries).toHaveLength(lines.length);
  writeFileSync(file, `${lines[0]}\n{"op":1,\n`);
  expect(() => replay(file)).toThrow(/line 2 of .*history\.ndjson is no JSON/);
  writeFileSync(file, '{"format":1}\n');
  expect(() => replay(file)).toThrow(/holds no delivery/);
});
