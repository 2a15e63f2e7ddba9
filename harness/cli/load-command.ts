// What load does, step by step: understand, look whether anyone is there, send, judge, write, tell. Returns the exit code; rejects with a HarnessError.
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../engine/clock.ts';
import { explain, HarnessError } from '../engine/errors.ts';
import { checkWritable } from '../engine/preflight.ts';
import { createRunFolder, pointLatest } from '../engine/run-folder.ts';
import { writeJson } from '../engine/write-json.ts';
import type { CapacityResult } from '../load/capacity/capacity-result.ts';
import { findCapacity } from '../load/capacity/find-capacity.ts';
import { type Compared, compareRuns } from '../load/compare/compare-runs.ts';
import type { PlayHooks, PlayJob, Player } from '../load/play.ts';
import type { LoadResult } from '../load/result.ts';
import { judgeSlos, verdictOf } from '../load/slo/judge-slos.ts';
import { isLatency } from '../load/slo/slo.ts';
import { createLoadConsole, type LoadConsole } from '../load/report/load-console.ts';
import { renderLoadPage } from '../load/report/load-page.ts';
import { exitCodes } from './exit-codes.ts';
import { watchInterruption } from './interruption.ts';
import { type LoadOptions, parseLoadOptions } from './load-options.ts';
import { searchKnee } from './load-knee.ts';
import { showLoadPlan } from './load-plan.ts';
import { createPlayer } from './load-player.ts';
import { describeVersions } from './versions.ts';

export type LoadSurroundings = {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const connectWithinMs = 3000;

export const loadCommand = async (parameters: readonly string[], { stdout, stderr, env }: LoadSurroundings): Promise<number> => {
  const options = parseLoadOptions(parameters);
  if ('help' in options) return print(stdout, options.help);
  if (options.planOnly) return print(stdout, showLoadPlan(options));
  const earlier = options.compareFile === null ? null : await readEarlier(options.compareFile);
  const view = createLoadConsole({ out: options.json ? stderr : stdout, clock: systemClock, environment: env });
  await checkListening(options.target);
  await checkWritable(options.reportFolder, 'the folder for load runs', 'choose another with --report DIR');
  const { id, path: folder } = await createRunFolder(options.reportFolder, systemClock.now(), Math.random);
  using interruption = watchInterruption(view.say, () => process.exit(exitCodes.interrupted));
  const result = await runLoad(options, { id, folder, earlier, view, clock: systemClock, environment: env, signal: interruption.signal });
  await writeResult(folder, result);
  view.finish(result, folder);
  if (options.json) print(stdout, `${JSON.stringify(result, null, 2)}\n`);
  await pointLatest(options.reportFolder, id).catch((error: unknown) => {
    view.say(`warning: ${join(options.reportFolder, 'latest')} does not point to this run: ${explain(error)}`);
  });
  return exitCodes[result.verdict];
};

const print = (out: NodeJS.WriteStream, text: string): number => {
  out.write(text);
  return exitCodes.pass;
};

type Surroundings = {
  readonly id: string;
  readonly folder: string;
  readonly earlier: Compared | null;
  readonly view: LoadConsole;
  readonly clock: Clock;
  readonly environment: LoadSurroundings['env'];
  readonly signal: AbortSignal;
};

type Outcome = Pick<LoadResult, 'plan' | 'measured' | 'gates' | 'doubts' | 'capacity' | 'knee'>;

const runLoad = async (options: LoadOptions, surroundings: Surroundings): Promise<LoadResult> => {
  const { id, earlier, view, clock } = surroundings;
  const startedAt = new Date(clock.now()).toISOString();
  view.say(`${options.request.method} ${options.target.href}, seed ${options.seed}`);
  const outcome = await play(options, surroundings);
  const { method, headers, body, batch } = options.request;
  const base = {
    format: 1,
    kind: 'load',
    id,
    startedAt,
    endedAt: new Date(clock.now()).toISOString(),
    versions: await describeVersions(root),
    machine: { cpus: cpus().length, model: cpus()[0]?.model ?? 'unknown' },
    driver: options.driver,
    target: options.target.href,
    request: { method, headers: headers.map(([name]) => name), bodyBytes: Buffer.byteLength(body ?? ''), batchItems: batch?.items ?? null },
    seed: options.seed,
    arrivals: options.arrivals,
    processes: options.processes,
    ...outcome,
  } as const;
  const compared = earlier === null ? null : compareRuns(earlier, base, options.tolerance);
  return { ...base, compared, verdict: outcomeVerdict(outcome, compared?.regressed ?? 'no') };
};

const outcomeVerdict = (outcome: Outcome, regressed: 'no' | 'yes' | 'unproven'): LoadResult['verdict'] => {
  if (outcome.knee !== null) return kneeVerdict(outcome);
  return outcome.capacity === null ? verdictOf(outcome.gates, outcome.doubts, regressed) : capacityVerdicts[outcome.capacity.ended];
};

/** The gates of the last probe say nothing of the search: one that is missed is how a search goes on. */
const capacityVerdicts: Readonly<Record<CapacityResult['ended'], LoadResult['verdict']>> = {
  found: 'pass',
  bound: 'pass',
  none: 'fail',
  unsteady: 'inconclusive',
  generator: 'inconclusive',
  time: 'inconclusive',
};

/** There are no gates: it has found something, or it has not. */
const kneeVerdict = ({ knee, doubts }: Outcome): LoadResult['verdict'] =>
  doubts.length === 0 && (knee?.highestPerSecond ?? 0) > 0 ? 'pass' : 'inconclusive';

const play = async (options: LoadOptions, { folder, view, clock, environment, signal }: Surroundings): Promise<Outcome> => {
  if (options.driver === 'autocannon') return searchKnee(options, view, signal, clock.now);
  await using player = await createPlayer(options, folder, clock, environment);
  const hooks = (stages: LoadOptions['stages']): PlayHooks => ({ signal, onProgress: (progress) => view.onProgress(stages, progress) });
  return await (options.capacity === null ? playOnce(options, player, hooks(options.stages)) : search(options, player, hooks, view));
};

const jobOf = ({
  arrivals,
  seed,
  request,
  okStatuses,
  timeoutMs,
  connections,
  retry,
}: LoadOptions): Omit<PlayJob, 'stages' | 'firstNumber'> => ({
  arrivals,
  seed,
  request,
  okStatuses,
  timeoutMs,
  connections,
  retry,
});

const playOnce = async (options: LoadOptions, player: Player, hooks: PlayHooks): Promise<Outcome> => {
  const { doubts, ...measured } = await player.play({ ...jobOf(options), stages: options.stages, firstNumber: 0 }, hooks);
  const gates = judgeSlos(options.slos, measured.phases);
  return { plan: options.stages, measured, gates, doubts: [...doubts, ...scriptDoubts(options)], capacity: null, knee: null };
};

/** Of a script that is not ours the times that it meant are not known: latency counts from the sending, and who waited for a virtual user is not seen. */
const scriptDoubts = ({ script, slos }: LoadOptions): readonly string[] =>
  script !== null && slos.some(({ metric }) => isLatency(metric))
    ? ['in a script of your own latency counts from the sending, so who waited for a virtual user is not seen: no gate on it can be green']
    : [];

/** What was measured in its last probe; the doubts are those of the search. */
const search = async (
  options: LoadOptions,
  player: Player,
  hooks: (stages: LoadOptions['stages']) => PlayHooks,
  view: LoadConsole,
): Promise<Outcome> => {
  const settings = { ...(options.capacity as NonNullable<LoadOptions['capacity']>), slos: options.slos, mostSeconds: options.mostSeconds };
  const stages = [
    { name: 'probe', kind: 'steady', seconds: settings.settleSeconds + settings.probeSeconds, fromPerSecond: 0, toPerSecond: 0 },
  ] as const;
  const found = await findCapacity(player, jobOf(options), settings, { ...hooks(stages), onProbe: view.onProbe });
  const { doubts: _ofTheProbe, ...measured } = found.played;
  const { ended } = found.capacity;
  const doubts = {
    found: [],
    bound: [],
    none: [],
    unsteady: ['no rate held twice'],
    time: ['the time was up before a rate had held twice'],
    generator: ['what ended the search was not the target: it may hold more than was found'],
  }[ended];
  return { plan: found.plan, measured, gates: found.gates, doubts, capacity: found.capacity, knee: null };
};

const writeResult = async (folder: string, result: LoadResult): Promise<void> => {
  await writeJson(join(folder, 'load.json'), result);
  await writeFile(join(folder, 'report.html'), await renderLoadPage(result));
};

const readEarlier = async (file: string): Promise<Compared> => {
  const read = parseEarlier(
    await readFile(file, 'utf8').catch((error: unknown) => {
      throw new HarnessError('FL_USAGE', `--compare: ${file} can't be read: ${explain(error)}`, { cause: error });
    }),
  );
  if (read?.kind !== 'load') throw new HarnessError('FL_USAGE', `--compare: ${file} is no load.json of an earlier load run`);
  if (read.format !== 1)
    throw new HarnessError('FL_FORMAT_VERSION', `--compare: ${file} has format ${read.format}, and this version reads 1`);
  return read as LoadResult;
};

/** Null: it is no JSON. */
const parseEarlier = (text: string): Partial<LoadResult> | null => {
  try {
    return JSON.parse(text) as Partial<LoadResult> | null;
  } catch {
    return null;
  }
};

/** One connection before anything else: a port that nobody listens on is a mistake of the command line, not a measurement. */
const checkListening = async ({ hostname, port, protocol }: URL): Promise<void> => {
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectWithinMs) });
  } catch (error) {
    throw new HarnessError('FL_TARGET_FAILED', `nothing answers at ${hostname}:${port} (${explain(error)}); is the target running?`, {
      cause: error,
    });
  } finally {
    socket.destroy();
  }
};
