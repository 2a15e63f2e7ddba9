// The verdict on a whole run, from those on its scenarios.
import { exitCodeOf, type RunVerdict, type ScenarioVerdict, type Verdict } from './verdict.ts';

/** The verdict of a run is the worst of its scenarios; one that could not be run is never green. */
export const runVerdictOf = (runId: string, scenarios: readonly ScenarioVerdict[], errors: RunVerdict['errors']): RunVerdict => {
  const verdicts = scenarios.map(({ verdict }) => verdict);
  const exitCode = exitCodeOf(verdicts, errors.length);
  const verdict: Verdict = exitCode === 0 ? 'pass' : exitCode === 1 ? 'fail' : 'inconclusive';
  return { format: 1, run: runId, verdict, exitCode, scenarios, errors };
};
