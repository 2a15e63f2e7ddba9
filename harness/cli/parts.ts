// The wiring: which driver, faults, target, stack and checks a run is made of. The only place that knows them all.
import { join, relative } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { loadDashboards } from '../signals/load-dashboards.ts';
import { type DriverChild, startHttpDriver } from '../drivers/http/driver.ts';
import type { Clock } from '../engine/clock.ts';
import { judge, type Judgement } from '../engine/judge.ts';
import type { DriverOptions, EngineParts, OpenTarget, RunningDriver, StartHelper } from '../engine/parts.ts';
import { planScenario } from '../engine/plan.ts';
import { readRunData } from '../engine/read-run-data.ts';
import { exportIntervalMs } from '../engine/scenario-context.ts';
import { createRunFault, faults } from '../faults/registry.ts';
import { writeFinalState } from '../history/final-state-file.ts';
import { booksSilences } from '../history/lease-history.ts';
import { readRuleNames } from '../signals/alert-rules.ts';
import { budgetResults } from '../signals/budgets.ts';
import { createSignalClient } from '../signals/create-signal-client.ts';
import { createTelemetry } from '../signals/telemetry.ts';
import { recordingFile } from '../parity/recording.ts';
import { recordStack } from '../parity/record-stack.ts';
import { spawnProcess } from '../stack/processes.ts';
import type { RuntimeName } from '../stack/running-stack.ts';
import { startStack } from '../stack/start-stack.ts';
import type { StackPart } from '../stack/tested-versions.ts';
import { startPostgres } from '../targets/faultline/postgres-server.ts';
import { faultlineAlerts } from '../targets/faultline/alerts.ts';
import { faultlineSignals } from '../targets/faultline/signals.ts';
import { createFaultlineTarget } from '../targets/faultline/target.ts';
import { checks } from './checks.ts';

export type PartsOptions = {
  /** The folder of the system's own code. */
  readonly systemFolder: string;
  readonly clock: Clock;
  readonly runtime: RuntimeName;
  /** Where programs are, and how an existing stack is reached. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly without: readonly StackPart[];
  /** Write down all OTLP that the stack takes: runs/<id>/otlp.ndjson. */
  readonly record?: boolean;
};

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const ownSystemFolder = fromRoot('system');
export const scenariosFolder = fromRoot('scenarios');
const dashboardsFolder = fromRoot('grafana/dashboards');
export const root = fromRoot('.');

const { alerts, records } = readRuleNames(faultlineAlerts.rulesFile);
const ruleNames = [...alerts, ...records];

export const createParts = ({ systemFolder, clock, runtime, environment, without, record = false }: PartsOptions): EngineParts => ({
  plan: planScenario,
  startStack: async (helper) => {
    const stack = await startStack(runtime, { ...helper, clock, environment, without, ...runRules });
    return record ? recordStack(stack, join(helper.logFolder, '..', recordingFile), clock) : stack;
  },
  openTarget: (helper) => openFaultline(systemFolder, clock, helper),
  startDriver,
  telemetryOf: (stack) =>
    createTelemetry({
      otlp: { urls: stack.endpoints.otlp, headers: stack.access.otlp ?? {} },
      client: createSignalClient(stack),
      signals: faultlineSignals,
      heartbeat: faultlineAlerts.heartbeat,
      ruleNames,
      clock,
      exportIntervalMs,
      visibleWithinMs: stack.visibleWithinMs,
      dashboards: () => loadDashboards(dashboardsFolder),
      dropped: () => stack.dropped(),
    }),
  runFault: createRunFault(faults),
  judge: judgeScenarioFolder,
  writeFinalState: (file, target) => writeFinalState(file, target.readBack()),
});

export const judgeScenarioFolder = async (folder: string): Promise<Judgement> =>
  judge(await readRunData(folder), {
    checks,
    budgets: (run) => budgetResults(run.plan, run.signals, booksSilences(run)),
    openTrace: (traceId) => `npm run judge -- ${relative(process.cwd(), folder) || '.'} --trace ${traceId}`,
  });

/** Alerts in runs have short windows and are evaluated each second: the same rules on every runtime. */
const runRules = { ruleFiles: [faultlineAlerts.rulesFile], evaluationSeconds: 1 } as const;

const openFaultline = async (systemFolder: string, clock: Clock, { registry, logFolder, signal }: StartHelper): Promise<OpenTarget> => {
  const server = await startPostgres({ systemFolder, registry, logFile: join(logFolder, 'postgres.log'), signal });
  const target = createFaultlineTarget({ systemFolder, serverUrl: server.url, registry, clock });
  return { role: 'postgres', pid: server.pid, target, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
};

const startDriver = async ({ planned, url, historyFile, onProgress, registry, logFolder }: DriverOptions): Promise<RunningDriver> => {
  const { source, plan } = planned;
  const logFile = join(logFolder, 'driver.log');
  const driver = await startHttpDriver({
    source,
    seed: plan.seed,
    digest: plan.digest,
    url,
    historyFile,
    onProgress,
    spawn: (file, args) => spawnDriver(file, args, registry, logFile),
  });
  return { role: 'driver', pid: driver.pid, go: driver.go, done: driver.done, [Symbol.asyncDispose]: () => driver[Symbol.asyncDispose]() };
};

/** The driver speaks over its pipes; the process is one that the reaper knows. */
const spawnDriver = async (
  file: string,
  args: readonly string[],
  registry: StartHelper['registry'],
  logFile: string,
): Promise<DriverChild> => {
  const stdout = new PassThrough();
  const process = await spawnProcess({
    command: globalThis.process.execPath,
    args: [file, ...args],
    role: 'driver',
    logFile,
    registry,
    pipeInput: true,
    onLine: (line) => stdout.write(`${line}\n`),
    failure: 'FL_DRIVER_FAILED',
  });
  void process.exited.then(() => setImmediate(() => stdout.end()));
  const stdin = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      process.write(chunk.toString('utf8'));
      done();
    },
  });
  return { pid: process.pid, stdin, stdout, exited: process.exited, kill: () => void process.kill('SIGKILL') };
};
