// A real Prometheus from PATH (or FAULTLINE_PROMETHEUS) with the configuration in grafana/, or null where there is none.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../engine/clock.ts';
import { awaitParts } from '../../stack/await-parts.ts';
import { freePorts } from '../../stack/free-ports.ts';
import { localUrl } from '../../stack/local-url.ts';
import { findProgram } from '../../stack/native/find-programs.ts';
import { planPrometheus } from '../../stack/native/plan-prometheus.ts';
import { programVersion } from '../../stack/native/program-version.ts';
import { spawnProcess } from '../../stack/processes.ts';
import type { Workshop } from '../workshop.ts';
import type { Peer } from './peer.ts';

const configFolder = fileURLToPath(new URL('../../../grafana', import.meta.url));
const readyWithinMs = 60_000;

export const startPrometheusPeer = async (
  { registry, folder, logFolder, use }: Workshop,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Peer | null> => {
  const program = findProgram('prometheus', environment);
  if (program === null) return null;
  const [port] = (await freePorts(1, Math.random)) as [number];
  const dataFolder = join(folder, 'prometheus');
  await mkdir(dataFolder);
  const plan = planPrometheus({
    ports: { prometheus: port },
    dataFolder,
    prometheusConfig: join(configFolder, 'prometheus/prometheus.yml'),
  });
  const started = await spawnProcess({
    command: program,
    args: plan.args,
    env: plan.env,
    role: 'prometheus',
    logFile: join(logFolder, 'prometheus.log'),
    registry,
    cwd: dataFolder,
    failure: 'FL_STACK_FAILED',
  });
  use(started);
  const exited = started.exited.then(({ code }) => `ended with code ${code}`);
  const part = { name: 'prometheus', readyUrl: plan.readyUrl, logFile: started.logFile, exited };
  await awaitParts([part], { clock: systemClock, withinMs: readyWithinMs, signal, onReady: () => {} });
  const api = localUrl(port);
  return { name: `Prometheus ${await programVersion(program)}`, otlp: `${api}/api/v1/otlp/v1/metrics`, api, pid: started.pid };
};
