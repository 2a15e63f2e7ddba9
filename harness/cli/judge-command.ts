// What judge does: reads the run's manifest and each scenario's folder, judges, and tells. Nothing is written unless it is asked for.
import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { explain, HarnessError } from '../engine/errors.ts';
import { manifestFile } from '../engine/manifest.ts';
import { readManifest } from '../engine/read-manifest.ts';
import { readJson, readRunData } from '../engine/read-run-data.ts';
import type { RunManifest } from '../engine/run-data.ts';
import { runVerdictOf } from '../engine/run-verdict.ts';
import { scenarioFiles } from '../engine/scenario-files.ts';
import type { RunVerdict, ScenarioVerdict } from '../engine/verdict.ts';
import { writeJson } from '../engine/write-json.ts';
import { createConsole } from '../report/console/console.ts';
import { writeReports } from '../report/write-reports.ts';
import { exitCodes } from './exit-codes.ts';
import { type JudgeCommandOptions, parseJudgeOptions } from './judge-options.ts';
import { judgeScenarioFolder } from './judge-scenario-folder.ts';
import { showTrace } from './show-trace.ts';
import type { Surroundings } from './verify-command.ts';

export const judgeCommand = async (parameters: readonly string[], { stdout, stderr, env }: JudgeSurroundings): Promise<number> => {
  const options = parseJudgeOptions(parameters);
  if ('help' in options) {
    stdout.write(options.help);
    return exitCodes.pass;
  }
  if (options.trace !== null) return traceCommand(options.folder, options.trace, stdout);
  const view = createConsole({ out: options.json ? stderr : stdout, clock: systemClock, environment: env });
  const { folder, scenarios } = await findRun(options.folder);
  const manifest = await readManifest(folder);
  const verdict = await judgeAll(folder, manifest, scenarios ?? manifest.scenarios);
  const changes = scenarios === null ? await differences(folder, verdict) : [];
  if (options.write && scenarios === null) await writeAll(folder, manifest, verdict);
  if (options.json) stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  for (const text of [...stateWarning(manifest), ...changes, ...writeWarning(options, scenarios)])
    view.onProgress({ kind: 'warning', text });
  view.finish(manifest, verdict, folder);
  return verdict.exitCode;
};

const traceCommand = async (given: string, traceId: string, stdout: JudgeSurroundings['stdout']): Promise<number> => {
  const { folder, scenarios } = await findRun(given);
  const names = scenarios ?? (await readManifest(folder)).scenarios;
  const found: string[] = [];
  for (const name of names) found.push(...[showTrace(await readRunData(join(folder, name)), traceId)].filter((text) => text !== null));
  if (found.length === 0) throw new HarnessError('FL_RUN_FOLDER', `${given} has nothing on trace ${traceId}`);
  stdout.write(found.join('\n'));
  return exitCodes.pass;
};

type JudgeSurroundings = Pick<Surroundings, 'stdout' | 'stderr'> & { readonly env: Surroundings['environment'] };

/** The folder of a run, or that of one scenario in it. */
const findRun = async (folder: string): Promise<{ readonly folder: string; readonly scenarios: readonly string[] | null }> => {
  if (await exists(join(folder, manifestFile))) return { folder, scenarios: null };
  const above = dirname(folder);
  if ((await exists(scenarioFiles(folder).plan)) && (await exists(join(above, manifestFile))))
    return { folder: above, scenarios: [basename(folder)] };
  const why = (await exists(folder)) ? `it has no ${manifestFile}` : 'it does not exist';
  throw new HarnessError('FL_RUN_FOLDER', `${folder} is not the folder of a run: ${why}. Name one such as runs/latest or runs/<id>.`);
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const judgeAll = async (folder: string, manifest: RunManifest, scenarios: readonly string[]): Promise<RunVerdict> => {
  const verdicts: ScenarioVerdict[] = [];
  const errors: RunVerdict['errors'][number][] = [];
  for (const scenario of scenarios) {
    try {
      const { verdict, errors: crashed } = await judgeScenarioFolder(join(folder, scenario));
      verdicts.push(verdict);
      errors.push(...crashed.map((message) => ({ scenario, message })));
    } catch (error) {
      if (error instanceof HarnessError && error.code === 'FL_FORMAT_VERSION') throw error;
      errors.push({ scenario, message: explain(error) });
    }
  }
  return runVerdictOf(manifest.id, verdicts, errors);
};

/** The folder holds what was said then: another verdict now is worth a word, for it means that the checks have changed. */
const differences = async (folder: string, now: RunVerdict): Promise<readonly string[]> => {
  const then = await readJson<RunVerdict | null>(join(folder, 'verdict.json'), null);
  if (then === null) return [];
  return now.scenarios.flatMap(({ scenario, verdict }) => {
    const before = then.scenarios.find((each) => each.scenario === scenario)?.verdict;
    return before === undefined || before === verdict
      ? []
      : [`${scenario} was judged ${before} when it ran, and ${verdict} now: the checks are not the same as then`];
  });
};

const stateWarning = ({ state, error }: RunManifest): readonly string[] =>
  state === 'finished' ? [] : [`this run is ${state}${error === undefined ? '' : ` (${error})`}: what it did not get to cannot be judged`];

const writeWarning = ({ write }: JudgeCommandOptions, scenarios: readonly string[] | null): readonly string[] =>
  write && scenarios !== null ? ['nothing was written: --write is for the folder of a whole run'] : [];

const writeAll = async (folder: string, manifest: RunManifest, verdict: RunVerdict): Promise<void> => {
  for (const scenario of verdict.scenarios) await writeJson(scenarioFiles(join(folder, scenario.scenario)).verdict, scenario);
  await writeReports(folder, manifest, verdict);
};
