// The wiring: which driver, faults, target, stack and checks a run is made of. The only place that knows them all.
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type DriverChild, startHttpDriver } from '../drivers/http/driver.ts';
import type { Clock } from '../engine/clock.ts';
import { judge, type Judgement } from '../engine/judge.ts';
import type { DriverOptions, EngineParts, OpenTarget, RunningDriver, RunningStack, StartHelper } from '../engine/parts.ts';
import { planScenario } from '../engine/plan.ts';
import { readRunData } from '../engine/read-run-data.ts';
import { exportIntervalMs } from '../engine/scenario-context.ts';
import { createRunFault, faults } from '../faults/registry.ts';
import { writeFinalState } from '../history/final-state-file.ts';
import { budgetResults } from '../signals/budgets.ts';
import { createSignalClient } from '../signals/create-signal-client.ts';
import { createTelemetry, embeddedDropped } from '../signals/telemetry.ts';
import { spawnProcess } from '../stack/processes.ts';
import { startPostgres } from '../targets/faultline/postgres-server.ts';
import { faultlineSignals } from '../targets/faultline/signals.ts';
import { createFaultlineTarget } from '../targets/faultline/target.ts';
import { checks } from './checks.ts';

export type PartsOptions = {
  /** The folder of the system's own code. */
  readonly systemFolder: string;
  readonly clock: Clock;
};

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const ownSystemFolder = fromRoot('system');
export const scenariosFolder = fromRoot('scenarios');
export const root = fromRoot('.');

export const createParts = ({ systemFolder, clock }: PartsOptions): EngineParts => ({
  plan: planScenario,
  startStack,
  openTarget: (helper) => openFaultline(systemFolder, clock, helper),
  startDriver,
  telemetryOf: (address) =>
    createTelemetry({
      otlpUrl: address,
      client: createSignalClient({ prometheusUrl: address, tempoUrl: address, lokiUrl: address }),
      signals: faultlineSignals,
      clock,
      exportIntervalMs,
      dropped: embeddedDropped(address),
    }),
  runFault: createRunFault(faults),
  judge: judgeScenarioFolder,
  writeFinalState: (file, target) => writeFinalState(file, target.readBack()),
});

export const judgeScenarioFolder = async (folder: string): Promise<Judgement> =>
  judge(await readRunData(folder), { checks, budgets: ({ plan, signals }) => budgetResults(plan, signals) });

const stackReadyWithinMs = 15_000;

const startStack = async ({ registry, logFolder, signal }: StartHelper): Promise<RunningStack> => {
  const process = await spawnProcess({
    command: globalThis.process.execPath,
    // Small young generation: what it takes in lives long, and half-full nurseries would double its memory.
    args: ['--max-semi-space-size=8', fromRoot('harness/stack/embedded/main.ts'), '--port', '0'],
    role: 'stack',
    logFile: join(logFolder, 'stack.log'),
    registry,
    failure: 'FL_STACK_FAILED',
  });
  try {
    const { attributes } = await process.ready(stackReadyWithinMs, signal);
    const { role, pid, exited } = process;
    return { role, pid, exited, address: String(attributes['address']), [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
  } catch (error) {
    await process.stop();
    throw error;
  }
};

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
