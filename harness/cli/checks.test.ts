import { expect, test } from 'vitest';
import { simulateRun } from '../checkers/testing/simulated-run.ts';
import { planScenario } from '../engine/plan.ts';
import { judge } from '../engine/judge.ts';
import { referenceProblems } from '../engine/reference-problems.ts';
import { systemClock } from '../engine/clock.ts';
import { expectations, seen } from '../scenario/expectations.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { readRuleNames } from '../signals/alert-rules.ts';
import { checkNeeds, faultNeeds } from '../targets/check-needs.ts';
import { faultlineAlerts } from '../targets/faultline/alerts.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { faults } from '../faults/registry.ts';
import { alertProblems } from './alert-problems.ts';
import { checkScenarios } from './check-scenarios.ts';
import { checks, neededParameters } from './checks.ts';
import { loadScenarios } from './load-scenarios.ts';
import { ownSystemFolder, scenariosFolder } from './parts.ts';

const faultline = defineFaultline({ systemFolder: ownSystemFolder, clock: systemClock });
const scenarios = checkScenarios(await loadScenarios(scenariosFolder, faultline), faultline);

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'scenario %s asks only for checks that there are, with their parameters',
  (_name, scenario) => {
    expect(referenceProblems(scenario, checks, neededParameters)).toEqual([]);
    expect(planScenario(scenario, 1).plan.plannedOperations).toBeGreaterThan(1000);
  },
);

const alertNames = readRuleNames(faultlineAlerts.rulesFile).alerts;

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'scenario %s expects only alerts that there are, within the bounds that it is to be quick in',
  (_name, scenario) => {
    expect(alertProblems(scenario, alertNames)).toEqual([]);
    const bounds = scenario.detection.fires.flatMap(({ withinSeconds, resolvesWithinSeconds }) => [withinSeconds, resolvesWithinSeconds]);
    expect(bounds.filter((seconds) => seconds !== 'never' && seconds > 15)).toEqual([]);
  },
);

test('a misspelt alert is refused, with the names that come near', () => {
  const fires = [{ alert: 'FaultlineLagGrowin', cause: 'x', withinSeconds: 1, resolvesWithinSeconds: 1 }];
  const tolerated = [{ alert: 'Nonsense', why: 'Because.' }];
  const problems = alertProblems({ ...(scenarios[0] as Scenario), detection: { fires, tolerated } }, alertNames);
  expect(problems.map(({ place }) => place)).toEqual(['detection.fires[0].alert', 'detection.tolerated[0].alert']);
  expect(problems[0]?.message).toContain('Did you mean FaultlineLagGrowing?');
});

test('the alert that always fires is among the rules', () => {
  expect(alertNames).toContain(faultlineAlerts.heartbeat);
});

test('what an author may expect, and may demand to have seen, is what there are checks for, with the same parameters', () => {
  expect(Object.keys(expectations).toSorted()).toEqual([...checks.expectations.keys()].toSorted());
  expect(
    Object.keys(seen)
      .map((name) => `${name}-seen`)
      .toSorted(),
  ).toEqual([...checks.mustBeSeen.keys()].toSorted());
  for (const [name, entry] of Object.entries(expectations))
    expect('parameters' in entry ? entry.parameters : undefined).toEqual(neededParameters[name]);
});

test('every check says what it needs of a target', () => {
  const names = [checks.everyRun, checks.expectations, checks.mustBeSeen].flatMap((registry) => [...registry.keys()]);
  expect(Object.keys(checkNeeds).toSorted()).toEqual(names.toSorted());
  for (const kind of Object.keys(faultNeeds)) expect(Object.keys(faults)).toContain(kind);
});

test('every parameter that is asked for belongs to a check', () => {
  for (const name of Object.keys(neededParameters)) expect(checks.expectations.has(name) || checks.mustBeSeen.has(name)).toBe(true);
});

test('no two checks answer with the same id', () => {
  const run = simulateRun();
  const parameters = {
    atLeast: 1,
    hotSeconds: 1,
    seconds: 1,
    under: 1,
    withinSeconds: 1,
    phase: 'steady',
    megabytes: 1,
    bytesPerEvent: 1,
    mayBeEmpty: [],
    kind: 'timeline',
  };
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
