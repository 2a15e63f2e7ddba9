// Brings a compose project up: every container started, none yet known to be ready.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../../engine/errors.ts';
import type { LocalPorts } from '../local-endpoints.ts';
import { logTail } from '../log-tail.ts';
import { spawnProcess } from '../processes.ts';
import { writePrometheusConfig } from '../prometheus-config.ts';
import { metricInterval } from '../metric-interval.ts';
import type { StackOptions } from '../stack-options.ts';
import type { StackPart } from '../tested-versions.ts';
import { type Docker, dockerEnvironment } from './docker-command.ts';

export type ComposeProject = {
  readonly docker: Docker;
  readonly project: string;
  readonly parts: readonly StackPart[];
  readonly ports: LocalPorts;
};

const composeFile = fileURLToPath(new URL('../../../docker-compose.observability.yml', import.meta.url));
const prometheusOriginal = fileURLToPath(new URL('../../../grafana/prometheus/prometheus.yml', import.meta.url));
/** As the compose file mounts it. */
const mountedAs = '/etc/faultline/prometheus';
/** Images may have to be pulled. */
const upWithinMs = 600_000;

/** What the compose file leaves open. */
const composeVariables = async (
  ports: LocalPorts,
  { ruleFiles, evaluationSeconds = 1, logFolder, environment }: StackOptions,
): Promise<Record<string, string>> => {
  const folder = join(logFolder, 'prometheus');
  if (ruleFiles !== undefined) await writePrometheusConfig(prometheusOriginal, folder, { ruleFiles, evaluationSeconds, seenAs: mountedAs });
  return {
    FAULTLINE_PROMETHEUS_PORT: String(ports.prometheus),
    FAULTLINE_TEMPO_PORT: String(ports.tempo),
    FAULTLINE_TEMPO_OTLP_PORT: String(ports.tempoOtlp),
    FAULTLINE_LOKI_PORT: String(ports.loki),
    FAULTLINE_GRAFANA_PORT: String(ports.grafana),
    FAULTLINE_METRIC_INTERVAL: metricInterval(environment),
    ...(ruleFiles === undefined ? {} : { FAULTLINE_PROMETHEUS_FOLDER: folder }),
  };
};

export const composeUp = async ({ docker, project, parts, ports }: ComposeProject, options: StackOptions): Promise<void> => {
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
