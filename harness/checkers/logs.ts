// Agreement: the log leads from an event to its trace. For each marked request that was acknowledged there is a record about its event, under the request's own
// trace id; of an event that was traced no record lacks the trace id; and the span that a record names is in that trace.
import type { EventLogs, RunData, SignalsRecord } from '../engine/run-data.ts';
import { roleOf } from '../scenario/faults/role-of.ts';
import { deathsOf } from '../history/deaths-of.ts';
import type { Operation } from '../history/operation.ts';
import { type CheckResult, conclude, createFindings, type Findings } from './check.ts';

const id = 'agreement/logs';

export const logs = (run: RunData): CheckResult => {
  const { signals } = run;
  if (signals === null) return conclude(id, 'inconclusive', 'There is no telemetry, so no log record can be looked for.');
  const { eventLogs } = signals;
  if (eventLogs === undefined) return conclude(id, 'inconclusive', 'The log was not asked for any event.');
  if (eventLogs.error !== undefined) return conclude(id, 'inconclusive', `The log could not be asked: ${eventLogs.error}`);
  const asked = new Set(eventLogs.asked);
  const expected = markedAndAcknowledged(run).filter((operation) => asked.has(operation.id) && !mayBeUnexported(run, signals, operation));
  if (expected.length === 0) return conclude(id, 'inconclusive', 'The log was asked for no event of a marked request.');
  const found: Found = { wrong: createFindings(), missing: createFindings() };
  const records = Map.groupBy(eventLogs.records, ({ eventId }) => eventId);
  for (const operation of expected) checkMarked(operation, records.get(operation.id) ?? [], found);
  for (const [eventId, ofEvent] of records) checkTogether(eventId, ofEvent, found.wrong);
  const unanswered = checkTraces(run, eventLogs, found.missing);
  return resultOf({ expected: expected.length, eventLogs, found, unanswered, isHeard: isHeard(signals) });
};

/** A record that says the wrong thing is proof; one that is not there may have been lost on the way by a receiver that was not heard. */
type Found = { readonly wrong: Findings; readonly missing: Findings };

type Marked = Operation & { readonly id: number; readonly traceId: string };
type LogRecord = EventLogs['records'][number];

const markedAndAcknowledged = (run: RunData): readonly Marked[] =>
  run.operations
    .filter(({ traceId, outcome }) => traceId !== null && outcome === 'ok')
    .filter((operation): operation is Marked => operation.id !== null && operation.duplicate !== true);

const checkMarked = (operation: Marked, records: readonly LogRecord[], { wrong, missing }: Found): void => {
  const { op, id: eventId, traceId } = operation;
  if (records.length === 0)
    missing.add(`the log has no record about event ${eventId}, whose request ${op} was marked`, { operations: [operation] });
  for (const record of records)
    if (record.traceId !== traceId)
      wrong.add(
        `"${record.line}" of ${record.service} is about event ${eventId}, of trace ${traceId}, but carries ${record.traceId ?? 'no trace id'}`,
        { operations: [operation], facts: { record } },
      );
};

/** Whoever writes of one event: where it was traced, all records say so; and all of the same trace. */
const checkTogether = (eventId: number, records: readonly LogRecord[], findings: Findings): void => {
  const traceIds = new Set(records.flatMap(({ traceId }) => traceId ?? []));
  if (traceIds.size > 1)
    findings.add(`records about event ${eventId} carry ${traceIds.size} trace ids`, { facts: { records: records.slice(0, 5) } });
  const [traced] = traceIds;
  if (traced === undefined) return;
  for (const record of records)
    if (record.traceId === null)
      findings.add(
        `"${record.line}" of ${record.service} is about event ${eventId}, which was traced as ${traced}, but carries no trace id`,
        { facts: { record } },
      );
};

/** Returns how many the stack did not answer for. */
const checkTraces = ({ plan, evidence }: RunData, { traces }: EventLogs, findings: Findings): number => {
  // The span of a record dies with an ingest process that had not exported it.
  const hurt = evidence.some(
    ({ fault, tookEffect }) => tookEffect && plan.scenario.faults.some((planned) => planned.name === fault && roleOf(planned) === 'ingest'),
  );
  for (const trace of hurt ? [] : traces)
    if (!trace.found && trace.error === undefined)
      findings.add(`a record names span ${trace.spanId} of trace ${trace.traceId}, but the trace has no such span`, { facts: { trace } });
  return traces.filter(({ error }) => error !== undefined).length;
};

/** A record dies with the process that had not exported it. */
const mayBeUnexported = (
  { evidence, timeline: { zeroAt } }: RunData,
  { exportIntervalMs }: SignalsRecord,
  { handedAt, doneAt }: Operation,
): boolean => {
  const isNear = (at: number) => zeroAt + handedAt <= at + exportIntervalMs && zeroAt + doneAt >= at - 2 * exportIntervalMs;
  return evidence.some((fault) => deathsOf(fault).some(isNear));
};

/** A receiver that lost its canary, or dropped what came, may have lost the records too: then their absence is nobody's proven fault. */
const isHeard = ({ canary, dropped }: SignalsRecord): boolean => dropped === 0 && canary.every(({ found }) => found);

type Concluding = {
  readonly expected: number;
  readonly eventLogs: EventLogs;
  readonly found: Found;
  readonly unanswered: number;
  readonly isHeard: boolean;
};

const resultOf = ({ expected, eventLogs, found: { wrong, missing }, unanswered, isHeard: heard }: Concluding): CheckResult => {
  const findings = { ...wrong, kept: [...wrong.kept, ...missing.kept].slice(0, 5), total: wrong.total + missing.total };
  const measured = { value: findings.total, unit: 'records or traces that are missing or wrong', bound: '= 0' };
  if (findings.total > 0) {
    const summary = `The log does not lead from events to their traces: ${findings.total} records or traces are missing or wrong.`;
    return conclude(id, heard || wrong.total > 0 ? 'fail' : 'inconclusive', summary, { findings, measured });
  }
  if (unanswered > 0) return conclude(id, 'inconclusive', `${unanswered} traces that the log names could not be asked for.`);
  const { records, traces } = eventLogs;
  const traced = records.filter(({ traceId }) => traceId !== null).length;
  return conclude(
    id,
    'pass',
    `The log has a record about each of ${expected} marked events; the ${traced} records about traced events carry their trace id and lead to it (${traces.length} were followed).`,
    { measured },
  );
};
