// A telemetry stack that runs, whichever runtime started it: where to send signals, where to ask, which processes it is made of.
import type { SampledProcess } from '../engine/machine/sampler.ts';

export const runtimeNames = ['embedded', 'native', 'docker', 'attach'] as const;
export type RuntimeName = (typeof runtimeNames)[number];

export type OtlpSignal = 'metrics' | 'traces' | 'logs';
export type QueryBackend = 'prometheus' | 'tempo' | 'loki';

/** Public: printed and written down. What gives access is in `StackAccess`. No URL ends in a slash. */
export type StackEndpoints = {
  /** Full URLs, as OTEL_EXPORTER_OTLP_{METRICS,TRACES,LOGS}_ENDPOINT want them. */
  readonly otlp: Readonly<Record<OtlpSignal, string>>;
  /** Base URLs of the query APIs: /api/v1/query, /api/search and /loki/api/v1/query come behind them. */
  readonly prometheus: string;
  readonly tempo: string;
  readonly loki: string;
  /** The embedded runtime's dashboards. */
  readonly page?: string;
  readonly grafana?: string;
};

/** Request headers that hold credentials: never printed, never written to a run's folder. */
export type StackAccess = {
  readonly otlp?: Partial<Readonly<Record<OtlpSignal, Readonly<Record<string, string>>>>>;
} & Partial<Readonly<Record<QueryBackend | 'grafana', Readonly<Record<string, string>>>>>;

/** Records that the receivers had to drop since they began; `uncounted` where a runtime has no way to tell. */
export type DroppedRecords = number | 'uncounted';

export type RunningStack = AsyncDisposable & {
  readonly runtime: RuntimeName;
  readonly endpoints: StackEndpoints;
  readonly access: StackAccess;
  /** Sampled for machine.ndjson. Empty where the stack is not ours (attach). */
  readonly processes: readonly SampledProcess[];
  /** Of each part by name, as it says itself. */
  readonly versions: Readonly<Record<string, string>>;
  /** How long each part took to be ready, by name. */
  readonly readyAfterMs: Readonly<Record<string, number>>;
  /** What whoever started it should know: a version that was not tested, a part that is left out. */
  readonly warnings: readonly string[];
  /** How long something that was taken in may stay invisible to a search (Tempo's trails by seconds): the longest that it is worth asking again. */
  readonly visibleWithinMs: number;
  /** Resolves when a part has ended by itself, to the part's name; never, where the stack is not ours. */
  readonly exited: Promise<string>;
  /** Of what came at that time or later (epoch milliseconds), where the runtime tells that apart. Rejects with a SignalError where it can't be asked. */
  dropped(sinceMs: number): Promise<DroppedRecords>;
};

/** All behind one address, as the embedded runtime has it. */
export const endpointsAt = (address: string): StackEndpoints => ({
  otlp: { metrics: `${address}/v1/metrics`, traces: `${address}/v1/traces`, logs: `${address}/v1/logs` },
  prometheus: address,
  tempo: address,
  loki: address,
});
