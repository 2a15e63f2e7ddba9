import { expect, test } from 'vitest';
import { quietScenario } from '../checkers/testing/simulated-run.ts';
import type { Consumers } from './consumers.ts';
import type { Fault } from './scenario.ts';
import { scenarioProblems } from './scenario-problems.ts';

const good: Consumers = { instances: ['client', 'stream'], leaseMs: 2000, handleMs: 4, checkpointMs: 300 };
const places = (consumers: unknown, faults: readonly unknown[] = []) =>
  scenarioProblems({ ...quietScenario, consumers: consumers as Consumers, faults: faults as readonly Fault[] }).map(({ place }) => place);
const at = { phase: 'steady', afterSeconds: 1 };

test('each mistake is told with its place', () => {
  expect(places(good)).toEqual([]);
  expect(places({ ...good, instances: [] })).toEqual(['consumers.instances']);
  expect(places({ ...good, instances: ['client', 'telex'] })).toEqual(['consumers.instances[1]']);
  expect(places({ instances: ['client'], leaseMs: 10, handleMs: 0, checkpointMs: 1.5 })).toEqual([
    'consumers.leaseMs',
    'consumers.checkpointMs',
    'consumers.handleMs',
  ]);
});

test('with traffic of tenants it is refused: consumers have no key', () => {
  const tenants = [{ name: 'shop', share: 1 }];
  const problems = scenarioProblems({ ...quietScenario, consumers: good, traffic: { ...quietScenario.traffic, tenants } });
  expect(problems.map(({ place }) => place)).toContain('consumers');
});

test('a consumer may be killed and paused, where there is one of that index, and nothing else may be done to it', () => {
  const pause = { kind: 'pause', name: 'nap', at, role: 'consumer', index: 1, seconds: 3 };
  expect(places(good, [pause])).toEqual([]);
  expect(places(good, [{ ...pause, kind: 'kill', restartAfterSeconds: 1 }])).toEqual([]);
  expect(places(good, [{ ...pause, index: 2 }])).toEqual(['faults[0].index']);
  expect(places(undefined, [pause])).toEqual(['faults[0].role']);
  expect(places(good, [{ kind: 'restart', name: 'again', at, role: 'consumer', index: 1 }])).toEqual(['faults[0].role']);
});
