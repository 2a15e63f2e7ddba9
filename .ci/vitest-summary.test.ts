import { expect, test } from 'vitest';
import { countTests } from './vitest-summary.ts';

const report = (given: object): string =>
  JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, success: true, testResults: [], ...given });

test('counts what passed, failed and was skipped', () => {
  expect(countTests(report({}), true)).toEqual({ passed: 3, failed: 0, skipped: 1 });
  expect(countTests(report({ numFailedTests: 2, success: false }), false)).toEqual({ passed: 3, failed: 2, skipped: 1 });
});

test('a file that did not load is a failure', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{}] },
  ];
  expect(countTests(report({ numFailedTests: 1, success: false, testResults }), false).failed).toBe(2);
});

test('a run that failed without a failed test is not green', () => {
  expect(countTests(report({}), false).failed).toBe(1);
});
