// The environment of a process of the system: what the harness sets, the scenario's own settings above it, and nothing of the user's shell
// that would make two runs differ.
import type { ProcessRole } from '../../scenario/scenario.ts';
import type { StartOptions } from '../target.ts';

type Base = Readonly<Record<string, string | undefined>>;

const foreign = /^(FAULTLINE_|OTEL_|DATABASE_URL$|PG|NODE_OPTIONS$|NODE_TEST_|VITEST)/;

/** The user's environment without whatever would configure the system, its database or its telemetry. */
export const cleanEnvironment = (base: Base): Record<string, string> =>
  Object.fromEntries(Object.entries(base).filter((entry): entry is [string, string] => entry[1] !== undefined && !foreign.test(entry[0])));

export type ProcessEnvironment = {
  readonly options: StartOptions;
  readonly role: ProcessRole;
  readonly databaseUrl: string;
  /** 0: any free one. */
  readonly port: number;
  readonly faultyHandlerPath: string;
};

export const processEnvironment = ({
  options,
  role,
  databaseUrl,
  port,
  faultyHandlerPath,
}: ProcessEnvironment): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  FAULTLINE_PORT: String(port),
  ...(role === 'ingest' && options.processes.ingest > 1 ? { FAULTLINE_REUSE_PORT: 'true' } : {}),
  ...(role === 'worker' && options.faultyHandler ? { FAULTLINE_TIMELINE_HANDLER: faultyHandlerPath } : {}),
  ...telemetryEnvironment(options),
  ...options.environment,
});

/** Exports often, so that a killed process takes little with it, and marks everything with its run and scenario. */
const telemetryEnvironment = ({ otlpEndpoint, exportIntervalMs, runId, scenario }: StartOptions): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
  OTEL_METRIC_EXPORT_INTERVAL: String(exportIntervalMs),
  OTEL_METRIC_EXPORT_TIMEOUT: String(exportIntervalMs),
  OTEL_BSP_SCHEDULE_DELAY: String(exportIntervalMs),
  OTEL_BLRP_SCHEDULE_DELAY: String(exportIntervalMs),
  OTEL_RESOURCE_ATTRIBUTES: `faultline.run=${runId},faultline.scenario=${scenario}`,
});
