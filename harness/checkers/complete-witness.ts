// Adds to an example what its checker did not look at: who sent the rows, what became of what was sent, the traces, and what the log said. Pure; for the few
// examples that are kept.
import type { EventLogs, RunData } from '../engine/run-data.ts';
import type { FinalRow } from '../history/final-state.ts';
import { indexOf, type RunIndex } from '../history/run-index.ts';
import type { CheckResult, Finding } from './check.ts';
import { mostShown, type ShownLog, type ShownTrace, type Witness, witnessFrom } from './witness.ts';

/** `openTrace`: the command with which a reader sees a trace; null where there is none. */
export type OpenTrace = (traceId: string) => string | null;

export const withWitnesses = (run: RunData, results: readonly CheckResult[], openTrace: OpenTrace): readonly CheckResult[] =>
  results.map((result) =>
    result.findings.length === 0 ? result : { ...result, findings: result.findings.map((finding) => complete(run, finding, openTrace)) },
  );

const complete = (run: RunData, { message, witness }: Finding, openTrace: OpenTrace): Finding => {
  const index = indexOf(run);
  const { operations, left: leftOperations } = operationsOf(witness, index);
  const { rows, left: leftRows } = rowsOf(witness, index);
  const whole = { ...witness, operations, rows };
  const logs = logsOf(whole, run.signals?.eventLogs);
  const left = { ...witness.left, ...leftOperations, ...leftRows };
  const traces = tracesOf(whole, logs, run, openTrace);
  return { message, witness: { ...whole, traces, logs, ...(Object.keys(left).length === 0 ? {} : { left }) } };
};

type Part<Name extends 'operations' | 'rows'> = Pick<Witness, Name> & { readonly left?: Witness['left'] };

/** Rows alone: whoever sent them. */
const operationsOf = ({ operations, rows }: Witness, index: RunIndex): Part<'operations'> => {
  if (operations.length > 0 || rows.length === 0) return { operations };
  const senders = rows.flatMap((row) => senderOf(row, index) ?? []);
  const sent = [...new Map(senders.map((sender) => [sender.event, sender])).values()].flatMap((sender) => sender.operations);
  const { operations: shown, left } = witnessFrom({ operations: sent });
  return { operations: shown, ...(left === undefined ? {} : { left }) };
};

const senderOf = (row: FinalRow, { senderOf: sender, logById }: RunIndex) => {
  const idempotencyKey = 'idempotencyKey' in row ? row.idempotencyKey : (logById.get(idOf(row) ?? -1)?.idempotencyKey ?? null);
  return sender({ idempotencyKey });
};

const idOf = (row: FinalRow): number | null => ('id' in row ? row.id : 'eventId' in row ? row.eventId : null);

/** Operations alone: what of them is in the log, and where it went. */
const rowsOf = ({ operations, rows }: Witness, index: RunIndex): Part<'rows'> => {
  if (rows.length > 0 || operations.length === 0) return { rows };
  const logged = [...new Set(operations.map(({ idempotencyKey }) => idempotencyKey))].flatMap((idempotencyKey) =>
    index.loggedAs({ idempotencyKey }),
  );
  const ids = new Set(logged.map(({ id }) => id));
  const held = [...index.rows.parked, ...index.rows.pending].filter(({ id }) => ids.has(id));
  const { rows: shown, left } = witnessFrom({ rows: [...logged, ...held] });
  return { rows: shown, ...(left === undefined ? {} : { left }) };
};

const logsOf = ({ operations, rows, traces }: Witness, eventLogs: EventLogs | undefined): readonly ShownLog[] => {
  const ids = new Set([...operations.map(({ id }) => id), ...rows.map(idOf)]);
  const traceIds = new Set([...traces.map(({ traceId }) => traceId), ...operations.map(({ traceId }) => traceId)]);
  const about = eventLogs?.records.filter(({ eventId, traceId }) => ids.has(eventId) || (traceId !== null && traceIds.has(traceId)));
  return (about ?? []).slice(0, mostShown).map(({ service, severity, line, traceId }) => ({ service, severity, line, traceId }));
};

const tracesOf = (
  { operations, traces }: Witness,
  logs: readonly ShownLog[],
  { signals }: RunData,
  openTrace: OpenTrace,
): readonly ShownTrace[] => {
  const known = new Set([...traces, ...operations, ...logs].flatMap(({ traceId }) => traceId ?? []));
  return [...known].slice(0, mostShown).map((traceId) => {
    const spans = signals?.traces.find((trace) => trace.traceId === traceId)?.spans ?? [];
    const open = openTrace(traceId);
    return { traceId, spans: spans.map(({ service, name }) => `${service}: ${name}`), ...(open === null ? {} : { open }) };
  });
};
