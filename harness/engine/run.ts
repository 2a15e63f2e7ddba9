// A whole run: reaper first, then stack and target side by side, then one scenario after the other, each with its verdict. Everything that was
// started is gone when this returns, also after an interruption or an error.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../scenario/scenario.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';
import { sweepRun, sweptText } from '../stack/sweep-run.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import type { RunningTarget } from '../targets/target.ts';
import type { Clock } from './clock.ts';
import { asHarnessError, explain } from './errors.ts';
import type { SampledProcess } from './machine/sampler.ts';
import type { EngineParts, OpenTarget, StartHelper } from './parts.ts';
import type { PlannedScenario } from './plan.ts';
import type { OnProgress } from './progress.ts';
import { type BeforeTakedown, runScenario, takeDown } from './run-scenario.ts';
import { runVerdictOf } from './run-verdict.ts';
import { openStack, type StackHolder } from './stack-holder.ts';
import type { RunVerdict, ScenarioVerdict } from './verdict.ts';

export type RunOptions = {
  readonly runId: string;
  /** runs/<id> */
  readonly folder: string;
  readonly planned: readonly PlannedScenario[];
  readonly parts: EngineParts;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Told of the stack once it runs: its versions are part of what the run is. */
  readonly onStack?: (stack: RunningStack) => Promise<void>;
  /** Waits before the last scenario's processes are taken down; it gets the verdict on the whole run. */
  readonly beforeTakedown?: (target: RunningTarget, verdict: RunVerdict, stack: RunningStack) => Promise<void>;
};

type Ended = { readonly verdict: ScenarioVerdict | null; readonly errors: RunVerdict['errors'] };

/** Rejects with a HarnessError where the run could not begin at all. A scenario that could not be run is an error in the verdict, and the next one is tried. */
export const run = async (options: RunOptions): Promise<RunVerdict> => {
  try {
    return await runAll(options);
  } finally {
    // Whatever became of it: a system under test may start what nobody was told of.
    for (const swept of await sweepRun(options.runId, options.clock)) options.onProgress({ kind: 'warning', text: sweptText(swept) });
  }
};

const runAll = async (options: RunOptions): Promise<RunVerdict> => {
  const { folder, parts, registry, signal, clock, onProgress } = options;
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder, { recursive: true });
  const helper: StartHelper = { registry, logFolder, signal, warn: (text) => onProgress({ kind: 'warning', text }) };
  const beganAt = clock.now();
  const [stack, target] = await startBoth(openStack(parts.startStack, helper, onProgress), parts.openTarget(helper));
  let ended: readonly Ended[];
  try {
    tellReady(stack.current(), clock.now() - beganAt, onProgress);
    await options.onStack?.(stack.current());
    ended = await tryAll(options, stack, target);
  } catch (error) {
    await using _stack = stack;
    await using _target = target;
    throw error;
  }
  const errors = [...(await takeDown(target)), ...(await takeDown(stack))];
  for (const text of errors) onProgress({ kind: 'warning', text: `database and stack: ${text}` });
  const last = options.planned.at(-1)?.plan.scenario.name ?? '';
  const atTheEnd = errors.map((message) => ({ scenario: last, message: `of database and stack, after it: ${message}` }));
  return toVerdict(options.runId, signal.aborted ? ended : [...ended, { verdict: null, errors: atTheEnd }]);
};

const tryAll = async (options: RunOptions, stack: StackHolder, target: OpenTarget): Promise<readonly Ended[]> => {
  const ended: Ended[] = [];
  for (const planned of options.planned) {
    if (options.signal.aborted) break;
    const end = await tryScenario(options, planned, stack, target, ended);
    if (end !== null) ended.push(end);
  }
  return ended;
};

const tellReady = ({ runtime, endpoints, readyAfterMs, warnings }: RunningStack, afterMs: number, onProgress: OnProgress): void => {
  const times = Object.entries(readyAfterMs).map(([part, ms]) => `${part} ${(ms / 1000).toFixed(1)} s`);
  onProgress({ kind: 'ready', what: `${runtime} telemetry and database`, afterMs, detail: [...times, endpoints.prometheus].join(', ') });
  for (const text of warnings) onProgress({ kind: 'warning', text });
};

/** When one of them fails, the other is taken down before the failure is told. */
const startBoth = async <First extends AsyncDisposable, Second extends AsyncDisposable>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<readonly [First, Second]> => {
  const [one, two] = await Promise.allSettled([first, second]);
  if (one.status === 'fulfilled' && two.status === 'fulfilled') return [one.value, two.value];
  for (const started of [one, two]) if (started.status === 'fulfilled') await started.value[Symbol.asyncDispose]();
  const failed = [one, two].find((result) => result.status === 'rejected');
  throw asHarnessError(failed?.reason);
};

const tryScenario = async (
  options: RunOptions,
  planned: PlannedScenario,
  stack: StackHolder,
  target: OpenTarget,
  before: readonly Ended[],
): Promise<Ended | null> => {
  const number = before.length + 1;
  const { scenario } = planned.plan;
  const { clock, onProgress, signal } = options;
  const beganAt = clock.now();
  announce(options, planned, number);
  try {
    const context = await contextOf(options, planned, stack, target);
    const { verdict, errors } = await runScenario(
      context,
      planned,
      number === options.planned.length ? keepOf(options, before) : undefined,
    );
    if (verdict === null) return null;
    onProgress({ kind: 'scenario-judged', scenario: scenario.name, verdict, seconds: (clock.now() - beganAt) / 1000 });
    return { verdict, errors: errorsOf(scenario.name, errors) };
  } catch (error) {
    if (signal.aborted) return null;
    const message = explain(error);
    onProgress({ kind: 'scenario-failed', scenario: scenario.name, message });
    return { verdict: null, errors: [{ scenario: scenario.name, message }] };
  }
};

const keepOf = ({ runId, beforeTakedown }: RunOptions, before: readonly Ended[]): BeforeTakedown | undefined =>
  beforeTakedown &&
  ((target, { verdict, errors }, stack) => {
    const last = { verdict, errors: errorsOf(verdict.scenario, errors) };
    return beforeTakedown(target, toVerdict(runId, [...before, last]), stack);
  });

const errorsOf = (scenario: string, errors: readonly string[]): RunVerdict['errors'] => errors.map((message) => ({ scenario, message }));

const announce = ({ planned: all, onProgress }: RunOptions, { plan, traffic }: PlannedScenario, number: number): void =>
  onProgress({
    kind: 'scenario-started',
    scenario: plan.scenario.name,
    title: plan.scenario.title,
    number,
    of: all.length,
    operations: plan.plannedOperations,
    seconds: traffic.durationMs / 1000,
  });

const contextOf = async (options: RunOptions, { plan }: PlannedScenario, stack: StackHolder, target: OpenTarget) => {
  const { runId, folder, parts, registry, clock, signal, onProgress } = options;
  const running = await stack.alive();
  const shared: SampledProcess[] = [
    { role: 'harness', pid: process.pid },
    ...running.processes,
    ...(target.pid === null ? [] : [{ role: target.role, pid: target.pid, withChildren: true }]),
  ];
  const scenario: Scenario = plan.scenario;
  const place = { runId, folder: join(folder, scenario.name), seed: plan.seed };
  return { ...place, scenario, parts, stack: running, target: target.target, registry, shared, clock, signal, onProgress };
};

const toVerdict = (runId: string, ended: readonly Ended[]): RunVerdict =>
  runVerdictOf(
    runId,
    ended.flatMap(({ verdict }) => verdict ?? []),
    ended.flatMap(({ errors }) => errors),
  );
