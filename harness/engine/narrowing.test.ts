import { expect, test } from 'vitest';
import { conclude } from '../checkers/check.ts';
import { quietScenario, simulateRun } from '../checkers/testing/simulated-run.ts';
import { judge, type JudgeOptions } from './judge.ts';

const budgets = [{ name: 'lag', why: 'Because.', promql: 'x{$run}', phase: 'steady', over: 'end', unit: 'events', atMost: 1 }] as const;
const run = simulateRun({ ...quietScenario, expectations: [{ check: 'fenced' }], budgets });
const never = () => {
  throw new Error('this check must not be run');
};
const options: JudgeOptions = {
  checks: {
    everyRun: new Map([
      ['lost', () => conclude('safety/lost', 'pass', 'nothing')],
      ['books', never],
    ]),
    expectations: new Map([['fenced', never]]),
    mustBeSeen: new Map(),
  },
  budgets: ({ plan }) => plan.scenario.budgets.map(({ name }) => conclude(`budget/${name}@steady`, 'fail', 'too much')),
  needs: { checks: { books: ['books'], fenced: ['leases'] }, budgets: ['metrics'] },
};
const lacks = { books: 'it keeps none', leases: 'it has none', metrics: 'it exports none' };

test('what a target does not offer is not judged, and stands in the verdict with the reason', () => {
  const { verdict, errors } = judge({ ...run, plan: { ...run.plan, target: { name: 'plain', lacks } } }, options);
  expect(errors).toEqual([]);
  expect(verdict).toMatchObject({ verdict: 'pass', target: 'plain' });
  expect(verdict.results.map(({ id }) => id)).toEqual(['safety/lost']);
  expect(verdict.notPossible).toEqual([
    { check: 'books', why: 'the target offers no books: it keeps none' },
    { check: 'fenced', why: 'the target offers no leases: it has none' },
    { check: 'budget/lag@steady', why: 'the target offers no metrics: it exports none' },
  ]);
});

test('a target that offers everything is judged in full', () => {
  const { verdict, errors } = judge(run, options);
  expect(errors).toHaveLength(2);
  expect(verdict.notPossible).toBeUndefined();
  expect(verdict.verdict).toBe('fail');
});
