// What verify does, step by step: understand, look ahead, run, tell. Returns the exit code; rejects with a HarnessError.
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { checkFolders, unfinishedRuns } from '../engine/preflight.ts';
import type { PlannedScenario } from '../engine/plan.ts';
import { createConsole } from '../report/console/console.ts';
import { findStale } from '../stack/find-stale.ts';
import type { TargetDefinition } from '../targets/definition.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { checkScenarios } from './check-scenarios.ts';
import { notPossibleIn } from './not-possible-in.ts';
import { exitCodes } from './exit-codes.ts';
import { findK6 } from './k6-program.ts';
import { listScenarios } from './list-scenarios.ts';
import { chooseScenarios, type LoadedScenario, loadScenarios, toScenario } from './load-scenarios.ts';
import { loadTarget } from './load-target.ts';
import { createParts, ownSystemFolder, scenariosFolder } from './parts.ts';
import { showPlan } from './show-plan.ts';
import { soakScenario } from './soak.ts';
import { parseVerifyOptions, type VerifyOptions } from './verify-options.ts';
import { variableWarnings } from './variable-warnings.ts';
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
  const target = await targetOf(options);
  const loaded = await loadScenarios(folderOf(options), target);
  const chosen = options.soak === null ? chooseScenarios(loaded, options) : [soakOf(options.soak, options, target)];
  if (options.list) {
    print(listScenarios(loaded));
    return exitCodes.pass;
  }
  demandSome(chosen, loaded, folderOf(options));
  const scenarios = checkScenarios(chosen, target);
  const { runtime, without, record } = options;
  const parts = createParts({ target, clock: systemClock, runtime, without, environment, record });
  const planned = scenarios.map((scenario) => parts.plan(scenario, options.seed));
  if (options.plan) {
    print(planned.map((each) => showPlan(each, notPossibleIn(each))).join('\n'));
    return exitCodes.pass;
  }
  return runAll(options, planned, parts, surroundings);
};

/** A run of nothing would end as one that passed. */
const demandSome = (chosen: readonly LoadedScenario[], loaded: readonly LoadedScenario[], folder: string): void => {
  if (chosen.length > 0) return;
  const why =
    loaded.length === 0
      ? 'it has no file of a scenario; name another with --scenarios DIR'
      : `all that it has run by name or with --all: ${loaded.map(({ name }) => name).join(', ')}`;
  throw new HarnessError('FL_USAGE', `there is nothing to run in ${folder}: ${why}`);
};

const soakOf = (
  soak: NonNullable<VerifyOptions['soak']>,
  { seed, scenarios, all }: VerifyOptions,
  target: TargetDefinition,
): LoadedScenario => {
  if (scenarios.length > 0 || all)
    throw new HarnessError('FL_USAGE', '--soak is a scenario of its own: name no others, and leave --all out');
  return { name: 'soak', ...toScenario(soakScenario({ ...soak, seed }), target) };
};

const targetOf = ({ targetFile, systemFolder }: VerifyOptions): Promise<TargetDefinition> => {
  const folder = systemFolder ?? ownSystemFolder;
  return targetFile === null
    ? Promise.resolve(defineFaultline({ systemFolder: folder, clock: systemClock }))
    : loadTarget(targetFile, folder, systemClock);
};

/** A target of one's own has its scenarios beside it. */
const folderOf = ({ scenariosFolder: asked, targetFile }: VerifyOptions): string =>
  asked ?? (targetFile === null ? scenariosFolder : join(dirname(targetFile), 'scenarios'));

const runAll = async (
  options: VerifyOptions,
  planned: readonly PlannedScenario[],
  parts: ReturnType<typeof createParts>,
  { stdout, stderr, environment }: Surroundings,
): Promise<number> => {
  const out = options.json ? stderr : stdout;
  const view = createConsole({ out, clock: systemClock, environment });
  await checkFolders(options.reportFolder, tmpdir());
  if (planned.some(({ source }) => source.traffic.driver !== undefined)) await findK6(environment);
  const warnings = [
    ...variableWarnings(environment),
    ...leftoverWarnings(await findStale(options.reportFolder), await unfinishedRuns(options.reportFolder)),
  ];
  for (const text of warnings) view.onProgress({ kind: 'warning', text });
  return runSession({ options, planned, parts, view, printJson: (text) => void stdout.write(text) });
};
