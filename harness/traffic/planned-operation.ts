// One planned delivery of one event. Its body is not here: it is made from the plan when it is sent, so that a plan stays small.
import type { PoisonKind } from '../scenario/scenario.ts';

export type ExpectedAnswer = { readonly status: number; readonly code: string | null };

export type PlannedEvent = {
  readonly event: number;
  readonly systemName: string;
  readonly objectId: string;
  readonly eventName: string;
  readonly idempotencyKey: string;
  /** It is sent without its id, and known again by its body alone. */
  readonly withoutId?: true;
  readonly sequence: number | null;
  readonly poison: PoisonKind | null;
  /** Which of its kind's forms a poison has, counted up. */
  readonly variant: number;
  /** What a healthy target answers. `overloaded` and the like are always possible beside it. */
  readonly expected: ExpectedAnswer;
  /** By how much the event's own time differs from the plan's; left out: not at all. */
  readonly clockOffMs?: number;
  /** The version of its schema; left out: it says none. */
  readonly schemaVersion?: 1 | 2;
  /** Which producer sent it; left out: nobody in particular. */
  readonly producer?: number;
};

export type PlannedOperation = PlannedEvent & {
  readonly op: number;
  readonly phase: string;
  /** Milliseconds since the run's zero, a multiple of 0.001. */
  readonly intendedAtMs: number;
  readonly delivery: 'first' | 'duplicate';
  /** From 2 on where a client tries again; such an operation is in no plan. */
  readonly attempt?: number;
  /** Where the request is marked: 32 hex digits, sent as a sampled traceparent. */
  readonly traceId: string | null;
};
