// One scenario from a fresh database to its verdict. Whatever happens, faults are healed and its processes are gone when this returns.
import { hotObjects } from '../traffic/keys.ts';
import { mkdir } from 'node:fs/promises';
import { addImportedLines } from '../history/imported-line.ts';
import { type RunningConsumers, startConsumers } from '../consumers/start-consumers.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { createNarrator, type Narrator } from '../narration/narrator.ts';
import { planReads } from '../reader/plan-reads.ts';
import { startReader } from '../reader/run-reader.ts';
import { datagramNeeds } from '../scenario/faults/datagram-needs.ts';
import { targetNeeds } from '../scenario/faults/target-needs.ts';
import type { RunningTarget } from '../targets/target.ts';
import { startBooksSampler } from './books-sampler.ts';
import { collect } from './collect.ts';
import { explain } from './errors.ts';
import { createFaultHelpers } from './fault-helpers.ts';
import { startMachineSampler } from './machine/sampler.ts';
import type { RunningDriver, Telemetry } from './parts.ts';
import { play, type Played, type Stage } from './play.ts';
import type { PlannedScenario } from './plan.ts';
import type { SignalsRecord } from './run-data.ts';
import { exportIntervalMs, type ScenarioContext } from './scenario-context.ts';
import { scenarioFiles } from './scenario-files.ts';
import type { ScenarioVerdict } from './verdict.ts';
import { createTrafficWatch } from './watch-traffic.ts';
import { writeJson } from './write-json.ts';

export type ScenarioEnd = {
  /** null: the run was interrupted before there was something to judge. */
  readonly verdict: ScenarioVerdict | null;
  /** Checks that crashed, and a target that was not taken down in order: harness errors. */
  readonly errors: readonly string[];
};

/** Called between the verdict and the end of the scenario's processes: `--keep` waits here. */
export type BeforeTakedown = (
  target: RunningTarget,
  ended: { readonly verdict: ScenarioVerdict; readonly errors: readonly string[] },
  stack: RunningStack,
) => Promise<void>;

export const runScenario = async (
  context: ScenarioContext,
  planned: PlannedScenario,
  beforeTakedown?: BeforeTakedown,
): Promise<ScenarioEnd> => {
  const { parts, stack, folder } = context;
  const files = scenarioFiles(folder);
  await mkdir(files.logs, { recursive: true });
  await writeJson(files.plan, planned.plan);
  const telemetry = parts.telemetryOf(stack);
  const [target, canaryBefore] = await startTarget(context, telemetry);
  let end: ScenarioEnd;
  try {
    end = await playAndJudge(context, planned, { target, telemetry, canaryBefore }, beforeTakedown);
  } catch (error) {
    await using _target = target;
    throw error;
  }
  return { ...end, errors: [...end.errors, ...(await takeDown(target))] };
};

/** What was judged stands, whatever becomes of the processes after it: why they could not be taken down in order, or nothing. */
export const takeDown = async (part: AsyncDisposable): Promise<readonly string[]> => {
  try {
    await part[Symbol.asyncDispose]();
    return [];
  } catch (error) {
    return [`it was not taken down in order: ${explain(error)}`];
  }
};

const playAndJudge = async (
  context: ScenarioContext,
  planned: PlannedScenario,
  started: Started,
  beforeTakedown?: BeforeTakedown,
): Promise<ScenarioEnd> => {
  const { parts, stack, signal, folder } = context;
  await playAndCollect(context, planned, started);
  if (signal.aborted) return { verdict: null, errors: [] };
  const { verdict, errors } = await parts.judge(folder);
  await writeJson(scenarioFiles(folder).verdict, verdict);
  await beforeTakedown?.(started.target, { verdict, errors }, stack);
  return { verdict, errors };
};

type Started = { readonly target: RunningTarget; readonly telemetry: Telemetry; readonly canaryBefore: SignalsRecord['canary'] };

/** The canary flies while the processes start: it asks the stack, not the target. */
const startTarget = async (context: ScenarioContext, telemetry: Telemetry): Promise<readonly [RunningTarget, SignalsRecord['canary']]> => {
  const { scenario, runId, stack, clock, signal, onProgress, folder } = context;
  const beganAt = clock.now();
  const starting = context.target.start(
    {
      runId,
      scenario: scenario.name,
      processes: scenario.target.processes,
      environment: scenario.target.environment ?? {},
      faultyHandler: scenario.target.faultyHandler === true,
      schemas: scenario.target.schemas === true,
      slowObjects: scenario.target.slowHotKeys === true ? [...hotObjects(scenario.traffic.keys)] : [],
      ...(scenario.traffic.tenants === undefined ? {} : { tenants: scenario.traffic.tenants }),
      teamProcessor: scenario.target.teamProcessor === true,
      otlp: { urls: stack.endpoints.otlp, headers: stack.access.otlp ?? {} },
      exportIntervalMs,
      logFolder: scenarioFiles(folder).logs,
      ...targetNeeds(scenario.faults),
      datagrams: datagramNeeds(scenario),
    },
    signal,
  );
  const [target, canary] = await Promise.allSettled([starting, canaryBefore(context, telemetry)]);
  if (target.status === 'rejected') throw target.reason;
  if (canary.status === 'rejected') {
    await target.value[Symbol.asyncDispose]();
    throw canary.reason;
  }
  onProgress({ kind: 'ready', what: 'system', afterMs: clock.now() - beganAt });
  return [target.value, canary.value];
};

/** A second witness that there is not needs no proof that it hears. */
const canaryBefore = ({ target, runId, scenario, signal }: ScenarioContext, telemetry: Telemetry): Promise<SignalsRecord['canary']> =>
  target.lacks?.metrics === undefined ? telemetry.canary('before', { runId, scenario: scenario.name }, signal) : Promise.resolve([]);

const playAndCollect = async (
  context: ScenarioContext,
  planned: PlannedScenario,
  { target, telemetry, canaryBefore }: Started,
): Promise<void> => {
  const { scenario, clock, onProgress, shared, folder, signal } = context;
  const watch = createTrafficWatch({
    scenario: scenario.name,
    phases: scenario.phases,
    total: planned.plan.plannedOperations,
    clock,
    target,
    onProgress,
  });
  const instances = new Map<string, 'ingest' | 'worker' | 'query'>();
  await using narrator = narratorOf(context, planned, telemetry);
  await using driver = await startDriver(context, planned, target, (progress) => {
    watch.heard(progress);
    narrator.heard(progress);
  });
  const helpers = createFaultHelpers({ registry: context.registry, logFolder: scenarioFiles(folder).logs });
  await using consumers = await startElsewhere(context, target);
  const processes = () => {
    for (const { instance, role } of target.processes()) instances.set(instance, role);
    const ours = [driver, ...(driver.others ?? []), ...target.processes(), ...helpers.running(), ...(consumers?.running() ?? [])].map(
      ({ role, pid }) => ({ role, pid }),
    );
    return [...shared, ...ours, ...(target.helpers?.() ?? [])];
  };
  await using _sampler = startMachineSampler({ path: scenarioFiles(folder).machine, clock, processes });
  const played = await playObserved(context, planned, { target, driver, watch, narrator, helpers, consumers });
  // All that they did is written down before anybody looks.
  await consumers?.[Symbol.asyncDispose]();
  await addImportedLines(scenarioFiles(folder).history, played.imported, played.timeline.zeroAt);
  await endNarration(context, narrator);
  if (signal.aborted) return await writePlayed(context, played);
  // Judged all the same: a history without its end is inconclusive, and what it does hold may still prove a violation.
  if (played.driverFailure !== null) onProgress({ kind: 'warning', text: explain(played.driverFailure) });
  const known = [...instances].map(([instance, role]) => ({ instance, role }));
  await collect(context, { target, telemetry, plan: planned.plan, played, canaryBefore, instances: known });
};

/** Those who consume elsewhere are there before the first event is. */
const startElsewhere = async (
  { scenario: { consumers }, folder, registry, signal }: ScenarioContext,
  target: RunningTarget,
): Promise<RunningConsumers | null> => {
  if (consumers === undefined || target.consumerProgram === undefined) return null;
  const { consumed: file, logs: logFolder } = scenarioFiles(folder);
  return startConsumers({ consumers, program: target.consumerProgram, file, logFolder, registry, signal });
};

/** Readers and samplers of the books have written their last line when this returns. */
const playObserved = async (context: ScenarioContext, planned: PlannedScenario, stage: Omit<Stage, 'reader'>): Promise<Played> => {
  const { scenario, folder, clock, seed } = context;
  const { books, readKey } = stage.target;
  const files = scenarioFiles(folder);
  await using _books = books === undefined ? null : startBooksSampler({ path: files.books, clock, ask: books });
  const { reads } = scenario;
  await using reader =
    reads === undefined || readKey === undefined
      ? null
      : startReader({ reads: planReads(reads, planned.traffic, seed), file: files.reads, ask: readKey, clock });
  return await play(context, { ...stage, reader });
};

const narratorOf = ({ scenario, runId, clock }: ScenarioContext, { traffic }: PlannedScenario, telemetry: Telemetry): Narrator =>
  createNarrator({
    scope: { runId, scenario: scenario.name },
    phases: scenario.phases,
    intendedAtMs: traffic.operations.map(({ intendedAtMs }) => intendedAtMs),
    clock,
    everyMs: exportIntervalMs,
    send: telemetry.send,
  });

/** The dashboard of a run may then have holes: no doubt about the run itself, so a warning and no more. */
const endNarration = async ({ scenario, onProgress }: ScenarioContext, narrator: Narrator): Promise<void> => {
  const failures = await narrator.end();
  const [first] = failures;
  if (first === undefined) return;
  const text = `${failures.length} exports of what the harness tells of ${scenario.name} failed, the first one: ${first}`;
  onProgress({ kind: 'warning', text });
};

/** What an interrupted run knows of itself is kept: faults with their healing, and when what happened. */
const writePlayed = async ({ folder }: ScenarioContext, { timeline, evidence }: Played): Promise<void> => {
  const files = scenarioFiles(folder);
  await Promise.all([writeJson(files.timeline, timeline), writeJson(files.evidence, evidence)]);
};

const startDriver = (
  { parts, registry, folder, signal, stack, runId, scenario }: ScenarioContext,
  planned: PlannedScenario,
  target: RunningTarget,
  onProgress: Parameters<typeof parts.startDriver>[0]['onProgress'],
): Promise<RunningDriver> => {
  const { history, logs } = scenarioFiles(folder);
  return parts.startDriver({
    planned,
    url: `${target.ingestUrl}/events`,
    datagrams: target.datagrams ?? null,
    credentials: target.credentials ?? null,
    metrics: {
      url: stack.endpoints.otlp.metrics,
      headers: stack.access.otlp?.metrics ?? {},
      attributes: { 'faultline.run': runId, 'faultline.scenario': scenario.name },
    },
    historyFile: history,
    onProgress,
    registry,
    logFolder: logs,
    signal,
  });
};
