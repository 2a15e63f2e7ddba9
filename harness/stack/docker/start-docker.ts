// The docker runtime: docker-compose.observability.yml under a project name of the run's own, on ports of its own. It goes with all that it made.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../../engine/errors.ts';
import { askVersions } from '../ask-versions.ts';
import { awaitParts } from '../await-parts.ts';
import { countDropped } from '../count-dropped.ts';
import { freePorts } from '../free-ports.ts';
import { localUrl } from '../local-url.ts';
import { logTail } from '../log-tail.ts';
import { spawnProcess } from '../processes.ts';
import { writePrometheusConfig } from '../prometheus-config.ts';
import { proveStack } from '../prove-stack.ts';
import type { RunningStack, StackEndpoints } from '../running-stack.ts';
import type { StackOptions } from '../stack-options.ts';
import { type StackPart, stackParts, versionWarnings } from '../tested-versions.ts';
import { type Container, openContainer } from './container.ts';
import { type Docker, dockerEnvironment, findDocker } from './docker-command.ts';
import { projectOf, removeProject } from './remove-project.ts';

const composeFile = fileURLToPath(new URL('../../../docker-compose.observability.yml', import.meta.url));
const prometheusOriginal = fileURLToPath(new URL('../../../grafana/prometheus/prometheus.yml', import.meta.url));
/** Images may have to be pulled. */
const upWithinMs = 600_000;
const readyWithinMs = 120_000;
const visibleWithinMs = 15_000;

const portNames = [...stackParts, 'tempoOtlp'] as const;
type Ports = Readonly<Record<(typeof portNames)[number], number>>;

/** Everything is gone again when this rejects. */
export const startDocker = async (options: StackOptions): Promise<RunningStack> => {
  const { registry, without = [], clock } = options;
  const docker = await findDocker(options.environment);
  const parts = stackParts.filter((part) => !without.includes(part));
  const project = projectOf(registry.run);
  const ports = await choosePorts(options);
  await using undo = new AsyncDisposableStack();
  registry.addProject(project);
  undo.defer(async () => void (await removeProject(project)));
  const beganAt = clock.now();
  await composeUp(docker, project, parts, ports, options);
  const containers = await Promise.all(parts.map((part) => openContainer(docker, part, project, options)));
  undo.defer(async () => void (await Promise.all(containers.map(({ log }) => log.stop()))));
  const endpoints = endpointsOf(ports, parts);
  const readyAfterMs = await awaitReady(options, containers, endpoints, clock.now() - beganAt);
  const versions = await versionsOf(containers, endpoints);
  const stack = undo.move();
  return {
    runtime: 'docker',
    endpoints,
    access: {},
    processes: containers.flatMap(({ process }) => process ?? []),
    versions,
    readyAfterMs,
    warnings: [...versionWarnings(versions), ...without.map((part) => `${part} is left out, as asked`)],
    visibleWithinMs,
    exited: Promise.race(containers.map(({ part, exited }) => exited.then(() => part))),
    dropped: countDropped(endpoints),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};

const choosePorts = async ({ ports = {} }: StackOptions): Promise<Ports> => {
  const free = await freePorts(portNames.length, Math.random);
  return { ...(Object.fromEntries(portNames.map((name, index) => [name, free[index]])) as Ports), ...ports };
};

/** What the compose file leaves open. */
const composeVariables = async (
  ports: Ports,
  { ruleFiles, evaluationSeconds = 1, logFolder }: StackOptions,
): Promise<Record<string, string>> => {
  const folder = join(logFolder, 'prometheus');
  if (ruleFiles !== undefined) await writePrometheusConfig(prometheusOriginal, folder, { ruleFiles, evaluationSeconds });
  return {
    FAULTLINE_PROMETHEUS_PORT: String(ports.prometheus),
    FAULTLINE_TEMPO_PORT: String(ports.tempo),
    FAULTLINE_TEMPO_OTLP_PORT: String(ports.tempoOtlp),
    FAULTLINE_LOKI_PORT: String(ports.loki),
    FAULTLINE_GRAFANA_PORT: String(ports.grafana),
    ...(ruleFiles === undefined ? {} : { FAULTLINE_PROMETHEUS_FOLDER: folder }),
  };
};

const composeUp = async (
  docker: Docker,
  project: string,
  parts: readonly StackPart[],
  ports: Ports,
  options: StackOptions,
): Promise<void> => {
  const { registry, logFolder, environment, clock, signal } = options;
  const [command, ...words] = docker.compose;
  const logFile = join(logFolder, 'docker-compose.log');
  await using up = await spawnProcess({
    command,
    args: [...words, '--file', composeFile, '--project-name', project, '--progress', 'plain', 'up', '--detach', '--no-build', ...parts],
    env: { ...dockerEnvironment(environment), ...(await composeVariables(ports, options)) },
    role: 'docker compose',
    logFile,
    registry,
    failure: 'FL_STACK_FAILED',
  });
  const over = new AbortController();
  const bound = clock.sleep(upWithinMs, AbortSignal.any([signal, over.signal])).then(() => null);
  const exit = await Promise.race([up.exited, bound]);
  over.abort();
  if (signal.aborted) throw new HarnessError('FL_INTERRUPTED', 'interrupted while the telemetry stack was starting');
  if (exit?.code === 0) return;
  const what = exit === null ? `was not done within ${upWithinMs / 1000} s` : `ended with code ${exit.code}`;
  const advice = parts.includes('grafana') ? '\nWhere only an image is missing, a part can be left out: --without grafana' : '';
  throw new HarnessError('FL_STACK_FAILED', `docker compose up ${what}; its log is ${logFile}:\n${logTail(logFile)}${advice}`);
};

const endpointsOf = (ports: Ports, parts: readonly StackPart[]): StackEndpoints => {
  const [prometheus, tempo, loki] = [localUrl(ports.prometheus), localUrl(ports.tempo), localUrl(ports.loki)];
  return {
    otlp: {
      metrics: `${prometheus}/api/v1/otlp/v1/metrics`,
      traces: `${localUrl(ports.tempoOtlp)}/v1/traces`,
      logs: `${loki}/otlp/v1/logs`,
    },
    prometheus,
    tempo,
    loki,
    ...(parts.includes('grafana') ? { grafana: localUrl(ports.grafana) } : {}),
  };
};

const readyUrlOf = (part: StackPart, endpoints: StackEndpoints): string =>
  ({
    prometheus: `${endpoints.prometheus}/-/ready`,
    tempo: `${endpoints.tempo}/ready`,
    loki: `${endpoints.loki}/ready`,
    grafana: `${endpoints.grafana}/api/health`,
  })[part];

const awaitReady = async (
  { clock, signal, registry, onPart }: StackOptions,
  containers: readonly Container[],
  endpoints: StackEndpoints,
  upMs: number,
): Promise<Readonly<Record<string, number>>> => {
  const times: Record<string, number> = {};
  const onReady = (part: string, afterMs: number): void => {
    times[part] = afterMs;
    onPart?.(part, afterMs);
  };
  onReady('containers', upMs);
  const awaited = containers.map(({ part, log, exited }) => ({
    name: part,
    readyUrl: readyUrlOf(part, endpoints),
    logFile: log.logFile,
    exited,
  }));
  await awaitParts(awaited, { clock, withinMs: readyWithinMs, signal, onReady });
  onReady('round trip', await proveStack({ endpoints, access: {} }, { clock, run: registry.run, withinMs: visibleWithinMs, signal }));
  return times;
};

/** As they say themselves; one that does not is taken by its image's tag. */
const versionsOf = async (containers: readonly Container[], endpoints: StackEndpoints): Promise<Readonly<Record<string, string>>> => {
  const said: Readonly<Record<string, string>> = await askVersions({ endpoints, access: {} });
  return Object.fromEntries(
    containers.map(({ part, image }) => {
      const version = said[part] ?? 'unknown';
      const tag = /:v?(\d+\.\d+[\w.-]*)$/.exec(image)?.[1];
      return [part, version === 'unknown' ? (tag ?? version) : version];
    }),
  );
};
