// Before a run: which checks and budgets a planned scenario will not be judged by, for what its target lacks.
import { createNarrowing } from '../engine/narrowing.ts';
import type { PlannedScenario } from '../engine/plan.ts';
import type { NotPossible } from '../engine/verdict.ts';
import { budgetNeeds, checkNeeds } from '../targets/check-needs.ts';
import { checks } from './checks.ts';

export const notPossibleIn = ({ plan: { scenario, target } }: PlannedScenario): readonly NotPossible[] => {
  const narrowing = createNarrowing(target?.lacks ?? {}, { checks: checkNeeds, budgets: budgetNeeds });
  for (const name of checks.everyRun.keys()) narrowing.allowsCheck(name);
  for (const { check } of [...scenario.expectations, ...scenario.mustBeSeen]) narrowing.allowsCheck(check);
  for (const { name, phase } of scenario.budgets) narrowing.allowsBudget(name, phase);
  return narrowing.notPossible;
};
