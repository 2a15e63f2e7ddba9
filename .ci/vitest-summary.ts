// What vitest's JSON report says, in numbers; an error outside of any test counts as a failure of its own.

export type TestCounts = { readonly passed: number; readonly failed: number; readonly skipped: number };

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
};

/** `passedRun`: vitest exited with 0. A run that failed without a failed test still has one failure. */
export const countTests = (json: string, passedRun: boolean): TestCounts => {
  const report = JSON.parse(json) as Report;
  const filesThatDidNotLoad = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + filesThatDidNotLoad.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !(passedRun && report.success) ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
};
