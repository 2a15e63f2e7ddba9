import { expect, test } from 'vitest';
import type { CheckResult } from '../checkers/check.ts';
import type { RunVerdict } from '../engine/verdict.ts';
import type { SelftestCase } from './case.ts';
import { judgeCase } from './run-case.ts';

const selftestCase: SelftestCase = {
  name: 'dedupe-off',
  defect: 'the dedupe is off',
  edits: [],
  scenario: 'out-of-order',
  exitCode: 1,
  namedBy: ['safety/duplicate-in-log'],
};

const result = (id: string, outcome: CheckResult['outcome']): CheckResult => ({
  id,
  dimension: 'safety',
  outcome,
  summary: id,
  findings: [],
  findingsTotal: 0,
});

const ended = (exitCode: number, results: readonly CheckResult[]) => ({
  exitCode,
  output: '',
  verdict: { scenarios: [{ results }], errors: [] } as unknown as RunVerdict,
});

test('a defect is caught when the run fails through the check that names it', () => {
  expect(judgeCase(selftestCase, ended(1, [result('safety/duplicate-in-log', 'fail')])).caught).toBe(true);
});

test('a run that fails through another check alone has not caught the defect', () => {
  expect(judgeCase(selftestCase, ended(1, [result('budget/lag@steady', 'fail')])).caught).toBe(false);
});

test('a check that names the defect without the exit code has not caught it', () => {
  expect(judgeCase(selftestCase, ended(2, [result('safety/duplicate-in-log', 'fail')])).caught).toBe(false);
});

test('a green run has not caught the defect and says so', () => {
  const judged = judgeCase(selftestCase, ended(0, [result('safety/duplicate-in-log', 'pass')]));
  expect(judged).toMatchObject({ caught: false, summary: 'everything passed: nothing saw the defect' });
});

test('a run without a verdict has not caught the defect and shows what was printed', () => {
  expect(judgeCase(selftestCase, { exitCode: 3, verdict: null, output: 'FL_BROKEN' })).toMatchObject({
    caught: false,
    summary: 'no verdict came: FL_BROKEN',
  });
});
