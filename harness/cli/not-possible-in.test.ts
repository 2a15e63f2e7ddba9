import { expect, test } from 'vitest';
import { quietScenario } from '../checkers/testing/simulated-run.ts';
import { planScenario } from '../engine/plan.ts';
import { lacksBeside } from '../targets/offers.ts';
import { notPossibleIn } from './not-possible-in.ts';
import { showPlan } from './show-plan.ts';

const scenario = {
  ...quietScenario,
  expectations: [{ check: 'no-takeover' }, { check: 'good-events-accepted' }],
  budgets: [{ name: 'lag', why: 'Because.', promql: 'x{$run}', phase: 'steady', over: 'end', unit: 'events', atMost: 1 }] as const,
};
const lacks = lacksBeside(['read-back', 'processes'], { leases: 'it has no workers' });

test('before a run it is known what a target will not be judged by, and the plan says so with the reasons', () => {
  const planned = planScenario(scenario, 1, { name: 'plain', lacks });
  const notPossible = notPossibleIn(planned);
  const checks = notPossible.map(({ check }) => check);
  expect(checks).toEqual(expect.arrayContaining(['accounting', 'agreement', 'detection', 'no-takeover', 'budget/lag@steady']));
  for (const possible of ['lost', 'duplicate-in-log', 'drained', 'good-events-accepted']) expect(checks).not.toContain(possible);
  const shown = showPlan(planned, notPossible);
  expect(shown).toMatch(/not possible on plain, so the verdict will say nothing of it/);
  expect(shown).toMatch(/no-takeover\n +the target offers no leases: it has no workers/);
});

test('of a target that offers everything all is judged, and its plan has no word about it', () => {
  const planned = planScenario(scenario, 1);
  expect(notPossibleIn(planned)).toEqual([]);
  expect(showPlan(planned, notPossibleIn(planned))).not.toContain('not possible');
});
