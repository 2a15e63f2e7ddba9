// What verify does, step by step: understand, look ahead, run, tell. Returns the exit code; rejects with a HarnessError.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { checkFolders, unfinishedRuns } from '../engine/preflight.ts';
import type { PlannedScenario } from '../engine/plan.ts';
import { referenceProblems } from '../engine/reference-problems.ts';
import { createConsole } from '../report/console/console.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { readRuleNames } from '../signals/alert-rules.ts';
import { findStale } from '../stack/find-stale.ts';
import { faultlineAlerts } from '../targets/faultline/alerts.ts';
import { alertProblems } from './alert-problems.ts';
import { checks, neededParameters } from './checks.ts';
import { exitCodes } from './exit-codes.ts';
import { listScenarios } from './list-scenarios.ts';
import { chooseScenarios, loadScenarios } from './load-scenarios.ts';
import { createParts, ownSystemFolder, scenariosFolder } from './parts.ts';
import { showPlan } from './show-plan.ts';
import { parseVerifyOptions, type VerifyOptions } from './verify-options.ts';
import { runSession } from './verify-session.ts';
import { leftoverWarnings } from './warn-leftovers.ts';

export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
};

export const verify = async (parameters: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { stdout, environment } = surroundings;
  const options = parseVerifyOptions(parameters, environment, Math.random);
  const print = (text: string): void => void stdout.write(text);
  if ('help' in options) {
    print(options.help);
    return exitCodes.pass;
  }
  const all = await loadScenarios(scenariosFolder);
  const chosen = chooseScenarios(all, options.scenarios);
  if (options.list) {
    print(listScenarios(all));
    return exitCodes.pass;
  }
  checkReferences(chosen);
  const { runtime, without, record } = options;
  const systemFolder = options.systemFolder ?? ownSystemFolder;
  const parts = createParts({ systemFolder, clock: systemClock, runtime, without, environment, record });
  const planned = chosen.map((scenario) => parts.plan(scenario, options.seed));
  if (options.plan) {
    print(planned.map((each) => showPlan(each)).join('\n'));
    return exitCodes.pass;
  }
  return runAll(options, planned, parts, surroundings);
};

const runAll = async (
  options: VerifyOptions,
  planned: readonly PlannedScenario[],
  parts: ReturnType<typeof createParts>,
  { stdout, stderr, environment }: Surroundings,
): Promise<number> => {
  const out = options.json ? stderr : stdout;
  const view = createConsole({ out, clock: systemClock, environment });
  await checkFolders(options.reportFolder, tmpdir());
  const leftovers = leftoverWarnings(findStale(options.reportFolder), await unfinishedRuns(options.reportFolder));
  for (const text of leftovers) view.onProgress({ kind: 'warning', text });
  return runSession({ options, planned, parts, view, printJson: (text) => void stdout.write(text) });
};

/** What a scenario names must exist, and be given what it needs: said before anything starts. */
const checkReferences = (scenarios: readonly Scenario[]): void => {
  const known = { expectations: checks.expectations, mustBeSeen: checks.mustBeSeen };
  const alerts = readRuleNames(faultlineAlerts.rulesFile).alerts;
  const lines = scenarios.flatMap((scenario) =>
    [...referenceProblems(scenario, known, neededParameters), ...alertProblems(scenario, alerts)].map(
      ({ place, message }) => `  ${join(scenario.name, place)}: ${message}`,
    ),
  );
  if (lines.length > 0)
    throw new HarnessError('FL_SCENARIO_INVALID', `scenarios name checks or alerts that there are not:\n${lines.join('\n')}`);
};
