// What the ingest tells about itself. The parts call this interface; ingest-telemetry of a process puts it on instruments and spans.
import type { ErrorCodeName } from '../contract/error-codes.ts';
import type { unanswered } from '../contract/objectives.ts';
import type { SchemaAction, SchemaVerdict } from '../contract/schemas.ts';

export type TracedKey = { readonly systemName: string; readonly objectId: string };

export type TracedOutcome =
  | { readonly kind: 'accepted'; readonly id: number; readonly duplicate: boolean }
  | { readonly kind: 'refused'; readonly code: ErrorCodeName; readonly message: string };

/** A sampled request's spans. */
export type RequestTrace = {
  /** Of the PRODUCER span: stored with the event, so that a trace leads across the stream. */
  readonly traceparent: string;
  /** What became of one of its events: a record in the log under the PRODUCER span. `event`: null where it was never read. */
  readonly settled: (event: TracedKey | null, outcome: TracedOutcome) => void;
  /** Ends both spans. `eventIds`: what was accepted. */
  readonly end: (status: number, eventIds: readonly number[]) => void;
};

export type RequestError = (typeof unanswered)[keyof typeof unanswered];

export type RequestMeasure = {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  /** null: it was nobody's. */
  readonly tenant: string | null;
  /** Why there was no answer; null: there was one. */
  readonly error: RequestError | null;
};

export type IngestTelemetry = {
  /** null: not sampled, and nothing was made for it. */
  readonly startTrace: (route: string, traceparent: string | undefined) => RequestTrace | null;
  readonly requestEnded: (measure: RequestMeasure) => void;
  /** One event, by its stable code; of a tenant, where it is known whose it is. */
  readonly refused: (code: ErrorCodeName, tenant?: string | null) => void;
  /** One delivery of which the registry of schemas had something to say. */
  readonly schemaFound: (verdict: SchemaVerdict, action: SchemaAction) => void;
  /** One event, committed to the stream. */
  readonly sent: (tenant: string) => void;
  /** One group commit with its repeats, whatever came of it. */
  readonly flushed: (seconds: number, events: number) => void;
  /** Something was committed: the stream works. */
  readonly committed: () => void;
  readonly appendFailed: (error: unknown, events: number) => void;
  /** A defect: an error that no code stands for. */
  readonly defect: (error: unknown, where: string) => void;
};

export const noIngestTelemetry: IngestTelemetry = {
  startTrace: () => null,
  requestEnded: () => {},
  refused: () => {},
  schemaFound: () => {},
  sent: () => {},
  flushed: () => {},
  committed: () => {},
  appendFailed: () => {},
  defect: () => {},
};
