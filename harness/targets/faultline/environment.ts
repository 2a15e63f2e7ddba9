// The environment of a process of the system: what the harness sets, and the scenario's own settings above it. What the
// user's shell holds for a system of their own is left out where processes are spawned.
import type { ProcessRole } from '../../scenario/scenario.ts';
import type { OtlpSignal } from '../../stack/running-stack.ts';
import type { StartOptions } from '../target.ts';

export type ProcessEnvironment = {
  readonly options: StartOptions;
  readonly role: ProcessRole;
  readonly databaseUrl: string;
  /** 0: any free one. */
  readonly port: number;
  /** For datagrams; null: no such door. */
  readonly datagramPort: number | null;
  readonly faultyHandlerPath: string;
  readonly versionedHandlerPath: string;
  readonly slowHandlerPath: string;
  readonly teamProcessorPath: string;
};

/** No run of the default set comes near it; what is measured against it then is there to be seen. */
const diskBudgetBytes = String(16 * 2 ** 30);

export const processEnvironment = ({
  options,
  role,
  databaseUrl,
  port,
  datagramPort,
  faultyHandlerPath,
  versionedHandlerPath,
  slowHandlerPath,
  teamProcessorPath,
}: ProcessEnvironment): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  FAULTLINE_PORT: String(port),
  ...(role === 'ingest' && options.processes.ingest > 1 ? { FAULTLINE_REUSE_PORT: 'true' } : {}),
  ...(role === 'ingest' ? { FAULTLINE_DISK_BUDGET_BYTES: diskBudgetBytes } : {}),
  ...(role === 'ingest' && datagramPort !== null ? { FAULTLINE_UDP_PORT: String(datagramPort) } : {}),
  ...(role === 'worker' && options.faultyHandler ? { FAULTLINE_TIMELINE_HANDLER: faultyHandlerPath } : {}),
  ...(role === 'worker' && options.schemas === true ? { FAULTLINE_TIMELINE_HANDLER: versionedHandlerPath } : {}),
  ...(role === 'worker' && (options.slowObjects ?? []).length > 0
    ? { FAULTLINE_TIMELINE_HANDLER: slowHandlerPath, SLOW_OBJECTS: (options.slowObjects ?? []).join(',') }
    : {}),
  ...(role === 'worker' && options.teamProcessor ? { FAULTLINE_PROCESSORS: teamProcessorPath } : {}),
  ...telemetryEnvironment(options),
  ...options.environment,
});

/** Exports often, so that a killed process takes little with it, and marks everything with its run and scenario. */
export const telemetryEnvironment = ({ otlp, exportIntervalMs, runId, scenario }: StartOptions): Record<string, string> => ({
  ...Object.assign({}, ...otlpSignals.map((signal) => exporterEnvironment(signal, otlp))),
  OTEL_METRIC_EXPORT_INTERVAL: String(exportIntervalMs),
  OTEL_METRIC_EXPORT_TIMEOUT: String(exportIntervalMs),
  OTEL_BSP_SCHEDULE_DELAY: String(exportIntervalMs),
  OTEL_BLRP_SCHEDULE_DELAY: String(exportIntervalMs),
  OTEL_RESOURCE_ATTRIBUTES: `faultline.run=${runId},faultline.scenario=${scenario}`,
});

const otlpSignals: readonly OtlpSignal[] = ['metrics', 'traces', 'logs'];

const exporterEnvironment = (signal: OtlpSignal, { urls, headers }: StartOptions['otlp']): Record<string, string> => {
  const name = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`;
  const own = Object.entries(headers[signal] ?? {}).map(([header, value]) => `${header}=${encodeURIComponent(value)}`);
  return { [`${name}_ENDPOINT`]: urls[signal], ...(own.length === 0 ? {} : { [`${name}_HEADERS`]: own.join(',') }) };
};
