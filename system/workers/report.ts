// A report of what one transaction of a lane did, made from the decisions and from what the store settled.
import type { Decision } from './deliver.ts';
import type { LogEvent } from '../stream/stream.ts';
import { noBooks, type FoundCheckpoint } from './checkpoint.ts';
import type { Settled } from './lane-store.ts';
import type { TracedEvent } from './processor.ts';
import type { FailedEvent, Settlement } from './settlement.ts';
import type { BatchTask, FailureNote, Report } from './thread-protocol.ts';

export type ReportParts<Effect> = {
  readonly decisions: readonly Decision<Effect>[];
  readonly settlement: Settlement<Effect>;
  readonly settled: Settled;
  readonly position: number;
  readonly startedAtMs: number;
  readonly settledFromMs: number;
  readonly endedAtMs: number;
  readonly blocked: Report['blocked'];
  readonly moreDue: boolean;
  readonly setAside?: boolean;
};

const nothing = {
  found: null,
  books: noBooks,
  holdings: null,
  delivered: 0,
  blocked: null,
  moreDue: false,
  setAside: false,
  failures: [],
  receivedAtMs: new Float64Array(0),
  traced: [],
  replay: null,
  rehearsal: null,
} as const;

/** Nothing to do, or nothing that could be done. */
export const idleReport = (position: number, startedAtMs: number, blocked: Report['blocked'] = null): Report => ({
  ...nothing,
  outcome: 'advanced',
  position,
  blocked,
  startedAtMs,
  settledFromMs: startedAtMs,
  endedAtMs: startedAtMs,
});

export const fencedReport = (position: number, found: FoundCheckpoint, startedAtMs: number): Report => ({
  ...idleReport(position, startedAtMs),
  outcome: 'fenced',
  found,
});

/** `position` is where the lane stands if the transaction was committed; else where the database says it stands. */
export const makeReport = <Effect>(parts: ReportParts<Effect>): Report => {
  const { settled, decisions, settlement } = parts;
  const times = { startedAtMs: parts.startedAtMs, settledFromMs: parts.settledFromMs, endedAtMs: parts.endedAtMs };
  const common = { ...nothing, outcome: settled.outcome, found: settled.found, holdings: settled.holdings, ...times };
  if (settled.outcome !== 'advanced') return { ...common, position: settled.found.position };
  const done = decisions.filter(({ kind }) => kind === 'applied' || kind === 'ignored').map(({ event }) => event);
  return {
    ...common,
    position: parts.position,
    books: settled.books,
    delivered: decisions.length,
    blocked: parts.blocked,
    moreDue: parts.moreDue,
    setAside: parts.setAside ?? false,
    failures: failureNotes(decisions, settlement),
    receivedAtMs: Float64Array.from(settlement.applied, ({ event }) => event.receivedAt.getTime()),
    traced: done.flatMap(tracedEvent),
    replay: settled.replay ?? null,
  };
};

/** Of a batch whose commit was not answered. What the lane holds then is known when it is seen again. */
export const unheardReport = <Effect>(
  task: Pick<BatchTask, 'tenure' | 'position'>,
  parts: Omit<ReportParts<Effect>, 'settled'>,
): Report => {
  const found = { position: task.position, epoch: task.tenure.epoch };
  const settled = { outcome: 'advanced', found, books: noBooks, holdings: { parked: 0, pending: 0 } } as const;
  return { ...makeReport({ ...parts, settled }), holdings: null };
};

/** The checkpoint stands where an unheard commit led, and under one epoch nobody else moves it: that one is told, with what is known of the lane now. */
export const heard = (report: Report, unheard: Report | null): Report =>
  unheard !== null && report.outcome === 'already_there' && report.position === unheard.position
    ? { ...unheard, found: report.found, holdings: report.holdings }
    : report;

const tracedEvent = ({ id, lane, position, traceparent }: LogEvent): TracedEvent[] =>
  traceparent === null ? [] : [{ id, lane, position, traceparent }];

const failureNotes = <Effect>(decisions: readonly Decision<Effect>[], settlement: Settlement<Effect>): FailureNote[] => {
  const failed = new Map<number, FailedEvent>();
  for (const one of [...settlement.parkFailed, ...settlement.parkEarly, ...settlement.failedAgain]) failed.set(one.position, one);
  return decisions.flatMap((decision, index) => {
    if ((decision.kind !== 'failed' && decision.kind !== 'skipped') || decision.failure === undefined) return [];
    const { failure, event } = decision;
    const { id, position, traceparent, systemName, objectId } = event;
    const keyState = settlement.parkedKeys[decisions.slice(0, index).filter(({ kind }) => kind === 'failed').length]?.state;
    const attempts = failed.get(position)?.attempts ?? 1;
    const end = decision.kind === 'skipped' ? 'skipped' : keyState === 'parked' ? 'dead_letter' : 'retried';
    return [{ key: { systemName, objectId }, position, id, failure, attempts, end, traceparent }];
  });
};
