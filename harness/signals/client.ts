// What the harness asks of a telemetry stack, whichever runtime it is.
import type { AlertsRecord, Series } from '../engine/run-data.ts';

export type SpanRecord = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly startMs: number;
  readonly endMs: number;
};

export type LogRange = { readonly from: number; readonly to: number; readonly step: number; readonly limit: number };

/** Rejects with a SignalError (what was asked, what the stack said). Absent data is an empty answer, never 0. */
export type SignalClient = {
  /** `lookbackSeconds`: how old a sample may be and still stand for "now"; the server's own (five minutes) where none is given. */
  instant(promql: string, atSeconds: number, lookbackSeconds?: number): Promise<readonly Series[]>;
  range(promql: string, fromSeconds: number, toSeconds: number, stepSeconds: number, lookbackSeconds?: number): Promise<readonly Series[]>;
  /** The alerting rules that are loaded, with their health. */
  alertRules(): Promise<AlertsRecord['rules']>;
  trace(traceId: string): Promise<readonly SpanRecord[]>;
  /** TraceQL search -> trace ids. */
  searchTraces(traceql: string, fromSeconds: number, toSeconds: number, limit?: number): Promise<readonly string[]>;
  /** LogQL of either kind -> how many lines, or series with a number, there are (up to the limit). */
  countLogs(logql: string, over: LogRange): Promise<number>;
  /** LogQL -> lines with their labels, newest first. */
  logs(
    logql: string,
    fromSeconds: number,
    toSeconds: number,
    limit: number,
  ): Promise<readonly { readonly atMs: number; readonly line: string; readonly labels: Readonly<Record<string, string>> }[]>;
};
