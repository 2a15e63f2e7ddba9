// What a scenario file calls: checks the whole scenario at once, so that its author sees every mistake with its place, and freezes it.
import { HarnessError } from '../engine/errors.ts';
import type { Scenario } from './scenario.ts';
import { scenarioProblems } from './scenario-problems.ts';

/** Throws FL_SCENARIO_INVALID with one line a problem; otherwise gives the same scenario back. */
export const defineScenario = (scenario: Scenario): Scenario => {
  const problems = scenarioProblems(scenario);
  if (problems.length === 0) return Object.freeze(scenario);
  const lines = problems.map(({ place, message }) => `  ${place}: ${message}`);
  const name = typeof scenario?.name === 'string' ? scenario.name : 'without a name';
  throw new HarnessError('FL_SCENARIO_INVALID', `scenario ${name} has ${problems.length} mistakes:\n${lines.join('\n')}`);
};
