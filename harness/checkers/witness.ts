// What shows a finding: the fewest operations, rows, traces and log lines from which a reader can see it with their own eyes. Bounded, and says what it left out.
import { plainRow } from '../history/columns/table.ts';
import type { FinalRow } from '../history/final-state.ts';
import type { Operation } from '../history/operation.ts';

/** What a checker points at. Traces and log lines are found by the judge, who knows the telemetry. */
export type Shown = {
  readonly operations?: readonly Operation[];
  readonly rows?: readonly FinalRow[];
  /** What is neither operation nor row: samples, figures, evidence of a fault. */
  readonly facts?: Readonly<Record<string, unknown>>;
};

/** An operation without what is the same for all, or of no use for finding it again. Times are milliseconds since the run's zero. */
export type ShownOperation = Pick<
  Operation,
  | 'op'
  | 'event'
  | 'phase'
  | 'systemName'
  | 'objectId'
  | 'eventName'
  | 'idempotencyKey'
  | 'sequence'
  | 'delivery'
  | 'handedAt'
  | 'doneAt'
  | 'outcome'
  | 'status'
  | 'code'
  | 'id'
  | 'duplicate'
> & { readonly poison?: string; readonly traceId?: string };

export type ShownTrace = {
  readonly traceId: string;
  /** Spans that were found, as `service: name`. */
  readonly spans: readonly string[];
  /** A command that prints all that the run's folder has on it. */
  readonly open?: string;
};

export type ShownLog = { readonly service: string; readonly severity: string; readonly line: string; readonly traceId: string | null };

export type Witness = {
  readonly operations: readonly ShownOperation[];
  readonly rows: readonly FinalRow[];
  readonly traces: readonly ShownTrace[];
  readonly logs: readonly ShownLog[];
  readonly facts?: Readonly<Record<string, unknown>>;
  /** How many more there are of what was cut. */
  readonly left?: { readonly operations?: number; readonly rows?: number };
};

/** Of each kind. Two are enough to show most contradictions; more is a list, not an example. */
export const mostShown = 4;

export const witnessFrom = ({ operations = [], rows = [], facts }: Shown): Witness => {
  const left = {
    ...(operations.length > mostShown ? { operations: operations.length - mostShown } : {}),
    ...(rows.length > mostShown ? { rows: rows.length - mostShown } : {}),
  };
  const shown = operations.slice(0, mostShown);
  return {
    operations: shown.map(showOperation),
    rows: rows.slice(0, mostShown).map(plainRow),
    traces: [...new Set(shown.flatMap(({ traceId }) => traceId ?? []))].map((traceId) => ({ traceId, spans: [] })),
    logs: [],
    ...(facts === undefined ? {} : { facts }),
    ...(Object.keys(left).length === 0 ? {} : { left }),
  };
};

const showOperation = (operation: Operation): ShownOperation => {
  const { op, event, phase, systemName, objectId, eventName, idempotencyKey, sequence, delivery, poison, traceId } = operation;
  const { handedAt, doneAt, outcome, status, code, id, duplicate } = operation;
  const what = { op, event, phase, systemName, objectId, eventName, idempotencyKey, sequence, delivery };
  const marks = { ...(poison === null ? {} : { poison }), ...(traceId === null ? {} : { traceId }) };
  return { ...what, handedAt, doneAt, outcome, status, code, id, duplicate, ...marks };
};
