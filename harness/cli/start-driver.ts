// Which driver sends a scenario's traffic: the one place that knows them all.
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { loadDialect } from '../drivers/dialect.ts';
import { contractRefusals } from '../drivers/http/driver.ts';
import { defaultRetries } from '../drivers/http/retry-policy.ts';
import { startHttpDrivers } from '../drivers/http/several.ts';
import { startK6Driver } from '../drivers/k6/driver.ts';
import type { DriverChild } from '../drivers/start-driver.ts';
import { startUdpDriver } from '../drivers/udp/driver.ts';
import { HarnessError } from '../engine/errors.ts';
import type { DriverOptions, RunningDriver, StartHelper } from '../engine/parts.ts';
import { spawnProcess } from '../stack/processes.ts';
import type { K6Sender } from '../scenario/scenario.ts';
import type { TargetDefinition } from '../targets/definition.ts';
import { openK6 } from './k6-program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const startDriver = (options: DriverOptions, target: TargetDefinition, environment: Environment): Promise<RunningDriver> => {
  const { transport, driver } = options.planned.source.traffic;
  if (transport === 'udp') return byUdp(options, target);
  return driver === undefined ? byHttp(options, target) : byK6(options, target, { ...driver, environment });
};

const byHttp = async (options: DriverOptions, { sendFile, definiteRefusals }: TargetDefinition): Promise<RunningDriver> => {
  const { source, plan } = options.planned;
  const { batch = null, retries, senders = 1 } = source.traffic;
  const driver = await startHttpDrivers({
    processes: senders,
    source,
    seed: plan.seed,
    digest: plan.digest,
    url: options.url,
    historyFile: options.historyFile,
    batch,
    credentials: options.credentials,
    retry: retries === undefined ? null : defaultRetries(retries + 1),
    onProgress: options.onProgress,
    targetFile: sendFile ?? null,
    ...(definiteRefusals === undefined ? {} : { definiteRefusals }),
    spawn: spawnDriver(options),
  });
  const [pid, ...others] = driver.pids;
  return {
    role,
    pid,
    others: others.map((other) => ({ role, pid: other })),
    go: driver.go,
    done: driver.done,
    [Symbol.asyncDispose]: () => driver[Symbol.asyncDispose](),
  };
};

const byUdp = async (options: DriverOptions, { name }: TargetDefinition): Promise<RunningDriver> => {
  const { source, plan } = options.planned;
  const to = options.datagrams;
  if (to === null) throw new HarnessError('FL_TARGET_FAILED', `${name} offers datagrams, but opened no door for them`);
  const driver = await startUdpDriver({
    source,
    seed: plan.seed,
    digest: plan.digest,
    to,
    historyFile: options.historyFile,
    batch: source.traffic.batch ?? null,
    onProgress: options.onProgress,
    spawn: spawnDriver(options),
  });
  return { role, ...driver };
};

type ByK6 = K6Sender & { readonly environment: Environment };

const byK6 = async (
  options: DriverOptions,
  { sendFile, definiteRefusals = contractRefusals }: TargetDefinition,
  { users, script, environment }: ByK6,
): Promise<RunningDriver> => {
  const { registry, logFolder, planned, url, historyFile, metrics, onProgress, signal } = options;
  const driver = await startK6Driver({
    program: await openK6(environment, registry),
    folder: join(logFolder, '..', 'k6'),
    spawn: (command, args, env, onLine) =>
      spawnProcess({
        command,
        args,
        env,
        role,
        logFile: join(logFolder, 'k6.log'),
        registry,
        ...(onLine === undefined ? {} : { onLine }),
        failure: 'FL_DRIVER_FAILED',
      }),
    source: planned.source,
    plan: planned.traffic,
    seed: planned.plan.seed,
    url,
    historyFile,
    metrics,
    users,
    script: script ?? null,
    dialect: await loadDialect(sendFile ?? null),
    definiteRefusals,
    onProgress,
    signal,
  });
  return { role, ...driver };
};

const role = 'driver';

/** The driver speaks over its pipes; the process is one that the reaper knows. */
const spawnDriver =
  ({ registry, logFolder }: StartHelper) =>
  async (file: string, args: readonly string[]): Promise<DriverChild> => {
    const stdout = new PassThrough();
    const process = await spawnProcess({
      command: globalThis.process.execPath,
      args: [file, ...args],
      role,
      logFile: join(logFolder, 'driver.log'),
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
