// The history and the final state, looked up by event, identity and id. Built once for a run and shared by all checkers, so that each stays linear.
import type { RunData } from '../engine/run-data.ts';
import { groupRows } from './group-rows.ts';
import type { FinalRow } from './final-state.ts';
import type { Operation, OperationOutcome } from './operation.ts';

export type RowOf<Kind extends FinalRow['kind']> = Extract<FinalRow, { readonly kind: Kind }>;
/** A kept event of another target stands among the rows of the log. */
type Kept = Exclude<FinalRow['kind'], 'stored'>;
export type Rows = { readonly [Kind in Kept]: readonly RowOf<Kind>[] };

/** Everything that clients were told of one event, over all its deliveries. */
export type EventHistory = {
  readonly event: number;
  readonly first: Operation;
  readonly operations: readonly Operation[];
  /** ok if any attempt was, else unknown if any was, else failed. */
  readonly outcome: OperationOutcome;
};

export type Effect = RowOf<'event' | 'timeline-entry'>;

export type RunIndex = {
  readonly events: readonly EventHistory[];
  readonly byIdentity: ReadonlyMap<string, EventHistory>;
  readonly rows: Rows;
  /** Log rows by idempotency key; more than one is a duplicate in the log. */
  readonly logByIdentity: ReadonlyMap<string, readonly RowOf<'log'>[]>;
  readonly logById: ReadonlyMap<number, RowOf<'log'>>;
  /** Processors of the target, with what each made, by the event's id: rows of table events, entries of timelines. */
  readonly effects: ReadonlyMap<string, ReadonlyMap<number, Effect>>;
};

/** Timelines are ordered and run user code; table events does neither. */
export const processors = ['events', 'timelines'] as const;

const indexes = new WeakMap<RunData, RunIndex>();

export const indexOf = (run: RunData): RunIndex => {
  const known = indexes.get(run);
  if (known !== undefined) return known;
  const made = makeIndex(run);
  indexes.set(run, made);
  return made;
};

const makeIndex = ({ operations, finalState }: RunData): RunIndex => {
  const rows = rowsByKind(finalState);
  const events = eventHistories(operations);
  return {
    events,
    byIdentity: new Map(events.map((event) => [event.first.idempotencyKey, event])),
    rows,
    logByIdentity: groupRows(
      rows.log.filter(({ idempotencyKey }) => idempotencyKey !== null),
      ({ idempotencyKey }) => idempotencyKey as string,
    ),
    logById: new Map(rows.log.map((row) => [row.id, row])),
    effects: new Map<string, ReadonlyMap<number, Effect>>([
      ['events', new Map(rows.event.map((row) => [row.id, row]))],
      ['timelines', new Map(rows['timeline-entry'].map((row) => [row.eventId, row]))],
    ]),
  };
};

const noRows = (): { [Kind in Kept]: RowOf<Kind>[] } => ({
  log: [],
  event: [],
  'timeline-entry': [],
  count: [],
  lane: [],
  checkpoint: [],
  recount: [],
  parked: [],
  pending: [],
  'lease-event': [],
});

/** Rows of the target's own internal processors (their names begin with _) are not the harness's to judge. Unknown kinds come from a newer target and are left out. */
const rowsByKind = (finalState: readonly FinalRow[]): Rows => {
  const rows: Record<string, FinalRow[]> = noRows();
  for (const row of finalState) {
    const internal = 'processor' in row && row.processor.startsWith('_') && row.kind !== 'lease-event';
    if (!internal) rows[row.kind === 'stored' ? 'log' : row.kind]?.push(row);
  }
  return rows as unknown as Rows;
};

const eventHistories = (operations: readonly Operation[]): readonly EventHistory[] =>
  [...groupRows(operations, ({ event }) => event)].map(([event, attempts]) => ({
    event,
    first: attempts.find(({ delivery }) => delivery === 'first') ?? (attempts[0] as Operation),
    operations: attempts,
    outcome: outcomeOf(attempts),
  }));

const outcomeOf = (attempts: readonly Operation[]): OperationOutcome => {
  if (attempts.some(({ outcome }) => outcome === 'ok')) return 'ok';
  return attempts.some(({ outcome }) => outcome === 'unknown') ? 'unknown' : 'failed';
};

export const keyOf = ({ systemName, objectId }: { readonly systemName: string; readonly objectId: string }): string =>
  `${systemName}\u0000${objectId}`;
