// What a processor is: logic with its own checkpoint and error policy. A consumer only delivers to it.
import type { LogEvent } from '../stream/stream.ts';
import type { OwnRules } from './own-rules.ts';

/** One effect that a handler asks for, written by the processor's `apply` in the checkpoint's own transaction. */
export type HandledEvent<Effect> = { readonly event: LogEvent; readonly effect: Effect };

/** A minimal view of the open transaction; the worker commits or rolls it back, never the processor. */
export type Transaction = {
  query<Row extends Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number }>;
};

/**
 * An ordered processor with user code. `handle` runs per event, in a thread that can be killed, and decides; `apply` writes the
 * effects of a whole batch, set-based, in the transaction that moves the checkpoint. `handle` that throws, or runs past the deadline, is
 * that event's failure; `apply` that fails with SQLSTATE class 22, 23 or 54 is the data's failure and is narrowed down to one event.
 */
export type OrderedProcessor<Effect> = {
  readonly kind: 'ordered';
  readonly name: string;
  readonly version: number;
  readonly handle: (event: LogEvent) => Effect | null | Promise<Effect | null>;
  /** A processor of a team's own: `handle` writes in the open transaction, and `apply` only counts. Absent: `handle` runs before it. */
  readonly own?: OwnRules;
  /** Returns how many effects the rows say were written: the books count this, never what was asked for. */
  readonly apply: (handled: readonly HandledEvent<Effect>[], transaction: Transaction) => Promise<number>;
};

/** What became of a range: `applied` counted from the rows that changed. */
export type AppliedRange = {
  readonly applied: number;
  /** Events whose object was erased: nothing is left of them to apply. */
  readonly skipped: number;
  /** Epoch milliseconds of receipt, one an event, in no order. */
  readonly receivedAtMs: readonly number[];
  readonly traced: readonly TracedEvent[];
};

/** An event whose request was sampled: its processing becomes a span. */
export type TracedEvent = { readonly id: number; readonly lane: number; readonly position: number; readonly traceparent: string };

/**
 * A processor without order and without user code: it moves the log's rows (after, upTo] of one lane into its table inside the database, in the
 * checkpoint's transaction. A failure with SQLSTATE class 22, 23 or 54 is narrowed down to one position by the worker, which parks that event alone.
 */
export type UnorderedProcessor = {
  readonly kind: 'unordered';
  readonly name: string;
  readonly version: number;
  applyRange(lane: number, afterPosition: number, upToPosition: number, transaction: Transaction): Promise<AppliedRange>;
  /** Applies one event from its copy in the park; returns the rows written. */
  applyParked(lane: number, position: number, transaction: Transaction): Promise<number>;
};

/**
 * The user code of processor `timelines`: a module named by FAULTLINE_TIMELINE_HANDLER exports `handle`, which makes a summary of an event.
 * It returns null for an event that the timeline ignores.
 */
export type TimelineHandler = (
  event: LogEvent,
) => { readonly summary: string | null } | null | Promise<{ readonly summary: string | null } | null>;
