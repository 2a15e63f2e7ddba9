// Agreement: the trace of a marked request leads from the request through the stream to the row, as the history says that its event went.
import type { RunData, SignalsRecord } from '../engine/run-data.ts';
import { deathsOf } from '../history/deaths-of.ts';
import type { Operation } from '../history/operation.ts';
import { indexOf } from '../history/run-index.ts';
import { type CheckResult, conclude, createFindings } from './check.ts';

const id = 'agreement/traces';

export const traces = (run: RunData): CheckResult => {
  if (run.signals === null) return conclude(id, 'inconclusive', 'There is no telemetry, so no trace can be looked for.');
  const { signals } = run;
  const found = new Map(signals.traces.map((trace) => [trace.traceId, trace]));
  const expected = markedAndApplied(run).filter((operation) => !mayBeUnexported(run, signals, operation));
  const asked = expected.filter(({ traceId }) => found.has(traceId as string));
  if (asked.length === 0) return conclude(id, 'inconclusive', 'No marked request that was applied had its trace looked for.');
  const findings = createFindings();
  for (const operation of asked) {
    const { op, traceId } = operation;
    const trace = found.get(traceId as string);
    if (trace?.complete !== true)
      findings.add(`the trace ${traceId} of operation ${op} is not whole: it lacks ${trace?.missing.join(', ')}`, {
        operations: [operation],
        facts: { trace },
      });
  }
  const summary =
    findings.total === 0
      ? `The traces of ${asked.length} marked requests lead from request through stream to row.`
      : `${findings.total} of ${asked.length} traces of marked requests do not lead from request to row.`;
  const measured = { value: asked.length - findings.total, unit: 'traces', bound: `= ${asked.length}` };
  const bad = isHeard(signals) && asked.some(({ traceId }) => isBroken(found.get(traceId as string))) ? 'fail' : 'inconclusive';
  return conclude(id, findings.total === 0 ? 'pass' : bad, summary, { findings, measured });
};

/** Looked at, and not whole: a stack that did not answer has shown nothing of it. */
const isBroken = (trace: SignalsRecord['traces'][number] | undefined): boolean =>
  trace !== undefined && !trace.complete && trace.error === undefined;

/** A receiver that lost its canary, or dropped what came, may have lost the spans too: then their absence is nobody's proven fault. */
const isHeard = ({ canary, dropped }: SignalsRecord): boolean => dropped === 0 && canary.every(({ found }) => found);

const markedAndApplied = (run: RunData): readonly Operation[] => {
  const { operations, firstLogged, effects } = indexOf(run);
  const timelines = effects.get('timelines');
  return operations
    .filter(({ traceId, outcome, duplicate }) => traceId !== null && outcome === 'ok' && duplicate !== true)
    .filter((operation) => {
      const row = firstLogged(operation);
      return row !== undefined && timelines?.has(row.id) === true;
    });
};

/** Spans die with the process that had not exported them: what was under way from two export intervals before a kill is not asked for. */
const mayBeUnexported = (run: RunData, { exportIntervalMs }: SignalsRecord, operation: Operation): boolean => {
  const { firstLogged, effects } = indexOf(run);
  const row = firstLogged(operation);
  const applied = [...effects.values()].map((each) => each.get(row?.id ?? -1)?.appliedAt ?? Infinity);
  const from = run.timeline.zeroAt + operation.handedAt;
  const to = Math.max(...applied);
  const isNear = (at: number) => from <= at + exportIntervalMs && to >= at - 2 * exportIntervalMs;
  return run.evidence.some((fault) => deathsOf(fault).some(isNear));
};
