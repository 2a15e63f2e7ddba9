// The native runtime: Prometheus, Tempo, Loki and, where it is there, Grafana as processes of this machine, with the configuration in grafana/.
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AwaitedPart } from '../await-parts.ts';
import { awaitStack, noteTimes } from '../await-stack.ts';
import { countDropped } from '../count-dropped.ts';
import { freePorts } from '../free-ports.ts';
import { localEndpoints } from '../local-endpoints.ts';
import { metricInterval } from '../metric-interval.ts';
import { spawnProcess, type SpawnedProcess } from '../processes.ts';
import { findableConfig, writePrometheusConfig } from '../prometheus-config.ts';
import type { RunningStack } from '../running-stack.ts';
import type { StackOptions } from '../stack-options.ts';
import { type StackPart, stackParts, versionWarnings } from '../tested-versions.ts';
import { findPrograms, type Programs } from './find-programs.ts';
import type { NativePlace, NativePorts, PartPlan, PlanPart } from './part-plan.ts';
import { planGrafana } from './plan-grafana.ts';
import { planLoki } from './plan-loki.ts';
import { planPrometheus } from './plan-prometheus.ts';
import { planTempo } from './plan-tempo.ts';
import { programVersion } from './program-version.ts';

const plans: Readonly<Record<StackPart, PlanPart>> = {
  prometheus: planPrometheus,
  tempo: planTempo,
  loki: planLoki,
  grafana: planGrafana,
};

const configFolder = fileURLToPath(new URL('../../../grafana', import.meta.url));
const readyWithinMs = 90_000;
const visibleWithinMs = 15_000;
/** Tempo 3 takes longer than anyone would wait; data that goes anyway needs no farewell. */
const stopWithinMs = { temporary: 1_000, kept: 5_000 };

type Part = { readonly name: StackPart; readonly plan: PartPlan; readonly process: SpawnedProcess };

/** Everything is gone again when this rejects. */
export const startNative = async (options: StackOptions): Promise<RunningStack> => {
  const programs = findPrograms(options.environment, options.without ?? []);
  const interval = metricInterval(options.environment);
  await using undo = new AsyncDisposableStack();
  const [ports, dataFolder, versions] = await Promise.all([choosePorts(options), openData(options, undo), versionsOf(programs)]);
  const prometheusConfig = await configurePrometheus(options);
  const place = (part: StackPart): NativePlace => {
    const program = programs[part] as string;
    return { program, ports, dataFolder: join(dataFolder, part), configFolder, prometheusConfig, metricInterval: interval };
  };
  const names = stackParts.filter((part) => programs[part] !== undefined);
  const parts = await startParts(
    options,
    names.map((name) => ({ name, place: place(name) })),
    undo,
  );
  const endpoints = localEndpoints(ports, names);
  const { times, onReady } = noteTimes(options);
  await awaitStack({ parts: parts.map(awaited), endpoints, readyWithinMs, visibleWithinMs, onReady }, options);
  const stack = undo.move();
  return {
    runtime: 'native',
    endpoints,
    access: {},
    processes: parts.map(({ name, process: { pid } }) => ({ role: name, pid })),
    versions,
    readyAfterMs: times,
    warnings: [...versionWarnings(versions), ...(names.includes('grafana') ? [] : leftOut(options))],
    visibleWithinMs,
    exited: Promise.race(parts.map(({ name, process }) => process.exited.then(() => name))),
    dropped: countDropped(endpoints),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};

const leftOut = ({ without = [] }: StackOptions): readonly string[] => [
  without.includes('grafana') ? 'grafana is left out, as asked' : 'grafana is left out: there is no grafana-server on PATH',
];

const versionsOf = async (programs: Programs): Promise<Readonly<Partial<Record<StackPart, string>>>> =>
  Object.fromEntries(await Promise.all(Object.entries(programs).map(async ([part, program]) => [part, await programVersion(program)])));

const choosePorts = async ({ ports = {} }: StackOptions): Promise<NativePorts> => {
  const names = [...stackParts, 'tempoOtlp', 'tempoGrpc', 'lokiGrpc'] as const;
  const free = await freePorts(names.length, Math.random);
  return { ...(Object.fromEntries(names.map((name, index) => [name, free[index]])) as NativePorts), ...ports };
};

/** A folder of each part. The temporary one is on record, so that it goes in every case. */
const openData = async ({ dataFolder, registry }: StackOptions, undo: AsyncDisposableStack): Promise<string> => {
  const folder = dataFolder ?? join(tmpdir(), `faultline-stack-${randomBytes(6).toString('hex')}`);
  if (dataFolder === undefined) {
    registry.addFolder(folder);
    undo.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  }
  await Promise.all(stackParts.map((part) => mkdir(join(folder, part), { recursive: true })));
  return folder;
};

const configurePrometheus = async ({ ruleFiles, evaluationSeconds = 1, logFolder }: StackOptions): Promise<string> => {
  const original = join(configFolder, 'prometheus/prometheus.yml');
  const folder = join(logFolder, 'prometheus');
  if (ruleFiles === undefined) return findableConfig(original, folder);
  return writePrometheusConfig(original, folder, { ruleFiles, evaluationSeconds });
};

const startParts = async (
  { registry, logFolder, dataFolder }: StackOptions,
  wanted: readonly { readonly name: StackPart; readonly place: NativePlace }[],
  undo: AsyncDisposableStack,
): Promise<readonly Part[]> => {
  const running: SpawnedProcess[] = [];
  // Side by side: each takes its time to write down what it holds.
  undo.defer(async () => void (await Promise.all(running.map((process) => process.stop()))));
  return Promise.all(
    wanted.map(async ({ name, place }) => {
      const plan = plans[name](place);
      const process = await spawnProcess({
        command: place.program,
        args: plan.args,
        env: plan.env,
        role: name,
        logFile: join(logFolder, `${name}.log`),
        registry,
        cwd: place.dataFolder,
        stopWithinMs: dataFolder === undefined ? stopWithinMs.temporary : stopWithinMs.kept,
        failure: 'FL_STACK_FAILED',
      });
      running.push(process);
      return { name, plan, process };
    }),
  );
};

const awaited = ({ name, plan, process }: Part): AwaitedPart => ({
  name,
  readyUrl: plan.readyUrl,
  logFile: process.logFile,
  exited: process.exited.then(({ code, signal }) => (signal === null ? `ended with code ${code}` : `was ended by ${signal}`)),
});
