import { expect, test } from 'vitest';
import { runVerdictOf } from './run-verdict.ts';
import type { ScenarioVerdict, Verdict } from './verdict.ts';

const scenario = (verdict: Verdict): ScenarioVerdict => ({ scenario: `is-${verdict}`, verdict }) as ScenarioVerdict;
const crash = { scenario: 'crashed', message: 'the stack did not start' };
const exitOf = (verdicts: readonly Verdict[], errors: readonly (typeof crash)[] = []) =>
  runVerdictOf('run', verdicts.map(scenario), errors).exitCode;

test.each<[string, readonly Verdict[], readonly (typeof crash)[], number]>([
  ['all passed', ['pass', 'pass'], [], 0],
  ['one failed', ['pass', 'fail', 'inconclusive'], [], 1],
  ['one failed and another could not be run', ['fail'], [crash], 1],
  ['one could not be run', ['pass'], [crash], 3],
  ['one could not be run and another is inconclusive', ['inconclusive'], [crash], 3],
  ['one is inconclusive', ['pass', 'inconclusive'], [], 2],
  ['nothing was judged', [], [], 2],
])('%s', (_title, verdicts, errors, exitCode) => {
  expect(exitOf(verdicts, errors)).toBe(exitCode);
});

test('only exit code 0 is called pass, and a scenario that could not be run is never green', () => {
  expect(runVerdictOf('run', [scenario('pass')], []).verdict).toBe('pass');
  expect(runVerdictOf('run', [scenario('pass')], [crash]).verdict).toBe('inconclusive');
  expect(runVerdictOf('run', [scenario('fail')], [crash]).verdict).toBe('fail');
});
