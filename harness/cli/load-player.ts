// Which driver sends a load run: the one place that knows them all.
import { join } from 'node:path';
import { findK6 } from '../drivers/k6/find-k6.ts';
import type { K6Metrics } from '../drivers/k6/otlp-environment.ts';
import type { SpawnK6 } from '../drivers/k6/k6-call.ts';
import type { Clock } from '../engine/clock.ts';
import { createK6Player } from '../load/k6-player.ts';
import { createWorkerPlayer, type Player } from '../load/play.ts';
import { startLoadWorkers } from '../load/workers.ts';
import { createRegistry } from '../stack/process-registry.ts';
import { spawnProcess } from '../stack/processes.ts';
import { startReaper } from '../stack/start-reaper.ts';
import type { LoadOptions } from './load-options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const createPlayer = async (options: LoadOptions, folder: string, clock: Clock, environment: Environment): Promise<Player> => {
  if (options.driver === 'k6') return k6Player(options, folder, clock, environment);
  return createWorkerPlayer(startLoadWorkers(options.processes, clock), clock);
};

/** k6 would go on without us: the reaper ends it where the harness can't. */
const k6Player = async ({ script, telemetryUrl }: LoadOptions, folder: string, clock: Clock, environment: Environment): Promise<Player> => {
  const program = findK6(environment);
  await using undo = new AsyncDisposableStack();
  const registry = undo.use(createRegistry(join(folder, 'processes.ndjson'), `load-${process.pid}`, clock.now));
  undo.use(await startReaper(registry));
  const spawn: SpawnK6 = (command, args, env) =>
    spawnProcess({ command, args, env, role: 'k6', logFile: join(folder, 'k6.log'), registry });
  const player = createK6Player({ program, folder: join(folder, 'k6'), spawn, metrics: metricsTo(telemetryUrl), clock, script });
  const resources = undo.move();
  return { ...player, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

const metricsTo = (telemetryUrl: string | null): K6Metrics | null =>
  telemetryUrl === null ? null : { url: `${telemetryUrl.replace(/\/+$/, '')}/v1/metrics`, headers: {}, attributes: {} };
