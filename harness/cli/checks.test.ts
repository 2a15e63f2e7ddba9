import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { simulateRun } from '../checkers/testing/simulated-run.ts';
import { planScenario } from '../engine/plan.ts';
import { judge } from '../engine/judge.ts';
import { referenceProblems } from '../engine/reference-problems.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { checks, neededParameters } from './checks.ts';

const folder = new URL('../../scenarios/', import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
const scenarios = await Promise.all(
  files.map(async (name) => ((await import(new URL(name, folder).href)) as { default: Scenario }).default),
);

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'scenario %s asks only for checks that there are, with their parameters',
  (_name, scenario) => {
    expect(referenceProblems(scenario, checks, neededParameters)).toEqual([]);
    expect(planScenario(scenario, 1).plan.plannedOperations).toBeGreaterThan(1000);
  },
);

test('every parameter that is asked for belongs to a check', () => {
  for (const name of Object.keys(neededParameters)) expect(checks.expectations.has(name) || checks.mustBeSeen.has(name)).toBe(true);
});

test('no two checks answer with the same id', () => {
  const run = simulateRun();
  const parameters = { atLeast: 1, seconds: 1, under: 1, withinSeconds: 1, phase: 'steady', megabytes: 1, mayBeEmpty: [] };
  const ids = Object.values(checks).flatMap((registry) =>
    [...registry.values()].flatMap((check) => [check(run, parameters)].flat().map(({ id }) => id)),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(
  scenarios
    .filter(({ name }) => ['steady', 'poison-messages', 'out-of-order'].includes(name))
    .map((scenario) => [scenario.name, scenario] as const),
)('the run of a perfect target in scenario %s passes', (_name, scenario) => {
  const { verdict, errors } = judge(simulateRun(scenario, 3), { checks, budgets: () => [] });
  expect(verdict.results.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
  expect([verdict.verdict, errors]).toEqual(['pass', []]);
});
