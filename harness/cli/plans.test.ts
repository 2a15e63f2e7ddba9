// What each scenario becomes: its plan for a seed, with budgets, checks, faults and alerts, held in a file of its own. It may only change with the scenario.
import { expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { planScenario } from '../engine/plan.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { checkScenarios } from './check-scenarios.ts';
import { loadScenarios } from './load-scenarios.ts';
import { ownSystemFolder, scenariosFolder } from './parts.ts';

const target = defineFaultline({ systemFolder: ownSystemFolder, clock: systemClock });
const scenarios = checkScenarios(await loadScenarios(scenariosFolder, target), target);

const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, inner]) => [name, inOrder(inner)]),
  );
};

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'the plan of %s for seed 42 is the one that is written down',
  async (name, scenario) => {
    const { plan } = planScenario(scenario, 42);
    await expect(`${JSON.stringify(inOrder(plan), null, 2)}\n`).toMatchFileSnapshot(`fixtures/${name}.plan.json`);
  },
);
