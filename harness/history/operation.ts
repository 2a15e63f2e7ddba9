// One line of history.ndjson: one attempt to deliver one event, as the client saw it. The history is the first witness: it is written by the driver and never corrected.
import type { PoisonKind } from '../scenario/scenario.ts';

/** ok: acknowledged (2xx). failed: definitely not stored. unknown: may or may not have been. */
export type OperationOutcome = 'ok' | 'failed' | 'unknown';

export type Operation = {
  /** Place in the plan, from 0; unique in the run. Attempts beyond the first are numbered behind the plan. */
  readonly op: number;
  /** Which event of the plan; a duplicate delivery has the same event as its original. */
  readonly event: number;
  readonly phase: string;
  readonly systemName: string;
  readonly objectId: string;
  readonly eventName: string;
  readonly idempotencyKey: string;
  readonly sequence: number | null;
  readonly poison: PoisonKind | null;
  /** Only where poison: the answer that a healthy target gives to it, from the plan. */
  readonly expected?: { readonly status: number; readonly code: string | null };
  readonly delivery: 'first' | 'duplicate';
  /** From 2 on where a client tried again: the same event and id, `intendedAt` when its wait was over. */
  readonly attempt?: number;
  /** SHA-256 (hex) of the event's raw JSON text as sent. */
  readonly bodySha256: string;
  readonly bodyBytes: number;
  /** Milliseconds since the run's zero, on the driver's monotonic clock. */
  readonly intendedAt: number;
  /** When the driver handed the request to the client: `handedAt - intendedAt` is the generator's lateness. */
  readonly handedAt: number;
  readonly doneAt: number;
  readonly outcome: OperationOutcome;
  readonly status: number | null;
  /** The stable error code of the answer, or of the client's own error (timeout, connection). */
  readonly code: string | null;
  readonly retryAfterSeconds: number | null;
  /** The id in the answer. */
  readonly id: number | null;
  readonly duplicate: boolean | null;
  /** Trace id where the harness marked the request as sampled. */
  readonly traceId: string | null;
  /** Only where it went by UDP: which datagram of which start of which producer. */
  readonly datagram?: { readonly source: string; readonly boot: string; readonly n: number };
};

/** First line of history.ndjson. `zeroAt` ties the monotonic zero to wall time (epoch ms). */
export type HistoryHeader = { readonly format: 1; readonly scenario: string; readonly seed: number; readonly zeroAt: number };
/** Last line. Without it the history is truncated and the run inconclusive. */
export type HistoryTrailer = { readonly end: true; readonly operations: number };
