// What parity does: records a run where none was given, replays it into both runtimes under a reaper of its own, compares, tells, writes.
import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { manifestFile } from '../engine/manifest.ts';
import { readManifest } from '../engine/read-manifest.ts';
import type { RunManifest } from '../engine/run-data.ts';
import { writeJson } from '../engine/write-json.ts';
import { endOfRecording, recordingFile } from '../parity/recording.ts';
import { runParity, type ParityResult } from '../parity/run-parity.ts';
import { shiftFor } from '../parity/shift-times.ts';
import { createRegistry } from '../stack/process-registry.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { startReaper } from '../stack/start-reaper.ts';
import { startStack } from '../stack/start-stack.ts';
import { exitCodes } from './exit-codes.ts';
import { watchInterruption } from './interruption.ts';
import { type ParityOptions, parseParityOptions } from './parity-options.ts';
import { describeParity, hasParity } from './parity-summary.ts';
import { root } from './parts.ts';
import { type Surroundings, verify } from './verify-command.ts';

type ParitySurroundings = Pick<Surroundings, 'stdout' | 'stderr'> & { readonly env: Surroundings['environment'] };

const visibleWithinMs = 90_000;

export const parityCommand = async (parameters: readonly string[], surroundings: ParitySurroundings): Promise<number> => {
  const options = parseParityOptions(parameters);
  const say = (text: string): void => void surroundings.stdout.write(`${text}\n`);
  if ('help' in options) {
    surroundings.stdout.write(options.help);
    return exitCodes.pass;
  }
  const folder = options.runFolder ?? (await recordRun(options, surroundings));
  const manifest = await recordedManifest(folder);
  using interruption = watchInterruption(say, () => process.exit(exitCodes.interrupted));
  const { signal } = interruption;
  const result = await compare(options, folder, manifest, { ...surroundings, say, signal }).catch((error: unknown) => {
    // It shows as whatever it broke.
    throw signal.aborted ? new HarnessError('FL_INTERRUPTED', 'interrupted before all was compared', { cause: error }) : error;
  });
  say(describeParity(result, join(folder, 'parity')));
  return hasParity(result) ? exitCodes.pass : exitCodes.fail;
};

/** What the verdict was does not matter here: what was recorded does. */
const recordRun = async (options: ParityOptions, { stdout, stderr, env }: ParitySurroundings): Promise<string> => {
  const parameters = [...options.scenarios, '--record', '--seed', String(options.seed), '--report', options.reportFolder];
  const code = await verify(parameters, { stdout, stderr, environment: env });
  if (code === exitCodes.interrupted)
    throw new HarnessError('FL_INTERRUPTED', 'interrupted while the run was recorded: nothing is compared');
  if (code === exitCodes.harnessError)
    throw new HarnessError('FL_USAGE', `the run that was to be recorded ended with exit code ${code}: there is nothing to compare`);
  return realpath(join(options.reportFolder, 'latest'));
};

const recordedManifest = async (folder: string): Promise<RunManifest> => {
  if (!existsSync(join(folder, manifestFile)))
    throw new HarnessError(
      'FL_RUN_FOLDER',
      `${folder} is not the folder of a run: it has no ${manifestFile}. Name one such as runs/latest.`,
    );
  if (!existsSync(join(folder, recordingFile)))
    throw new HarnessError('FL_RUN_FOLDER', `${folder} holds no recording (${recordingFile}). Make one: npm run verify -- --record`);
  return readManifest(folder);
};

const compare = async (
  options: ParityOptions,
  runFolder: string,
  { id, scenarios }: RunManifest,
  {
    stderr,
    env,
    say,
    signal,
  }: Pick<ParitySurroundings, 'stderr' | 'env'> & { readonly say: (text: string) => void; readonly signal: AbortSignal },
): Promise<ParityResult> => {
  const folder = join(runFolder, 'parity');
  const recording = join(runFolder, recordingFile);
  const shiftMs = shiftFor((await endOfRecording(recording)) ?? systemClock.now(), systemClock.now());
  await mkdir(folder, { recursive: true });
  using registry = createRegistry(join(folder, 'processes.ndjson'), `${id}-parity`, systemClock.now);
  await using _reaper = await startReaper(registry);
  const start = (index: 0 | 1): Promise<RunningStack> =>
    startStack(options.runtimes[index], {
      registry,
      logFolder: folder,
      signal,
      clock: systemClock,
      environment: env,
      without: ['grafana'],
      ruleFiles: [],
      warn: (text) => say(`warning: ${text}`),
    });
  await using first = await start(0);
  await using second = await start(1);
  for (const warning of [...first.warnings, ...second.warnings]) say(`note: ${warning}`);
  const result = await runParity({
    runtimes: [first, second],
    runFolder,
    runId: id,
    scenarios: await played(runFolder, scenarios),
    recording,
    shiftMs,
    dashboardsFolder: join(root, 'grafana/dashboards'),
    alertsFolder: join(root, 'grafana/alerts'),
    seed: options.seed,
    generated: options.generated,
    clock: systemClock,
    signal,
    visibleWithinMs,
    say,
    onAsked: (asked, of, different) => {
      if (asked % 200 === 0) stderr.write(`… ${asked} of ${of} asked, ${different} different\n`);
    },
  });
  await writeJson(join(folder, 'differences.json'), result.comparison.differences);
  const { differences: _differences, ...figures } = result.comparison;
  await writeJson(join(folder, 'summary.json'), {
    format: 1,
    runtimes: options.runtimes,
    versions: { ...first.versions, ...second.versions },
    ...figures,
    replayed: result.replayed,
  });
  return result;
};

/** Scenarios that got as far as their signals. */
const played = async (runFolder: string, scenarios: readonly string[]): Promise<readonly string[]> => {
  const found = scenarios.filter((scenario) => existsSync(join(runFolder, scenario, 'signals.json')));
  if (found.length > 0) return found;
  const state = await readFile(join(runFolder, manifestFile), 'utf8');
  throw new HarnessError('FL_RUN_FOLDER', `no scenario of ${runFolder} was played to its end: ${state.slice(0, 200)}`);
};
