// All that the folder of a scenario's run has on one trace: the operations that carried it, what became of their events, the spans that were found, the log.
import type { RunData } from '../engine/run-data.ts';
import { plainRow } from '../history/columns/table.ts';
import type { Operation } from '../history/operation.ts';
import { indexOf } from '../history/run-index.ts';
import { witnessFrom } from '../checkers/witness.ts';
import { logText, operationText, rowText } from '../report/describe-witness.ts';

/** Null where the folder has nothing on it. */
export const showTrace = (run: RunData, traceId: string): string | null => {
  const operations = run.operations.filter((operation) => operation.traceId === traceId);
  const records = run.signals?.eventLogs?.records.filter((record) => record.traceId === traceId) ?? [];
  const trace = run.signals?.traces.find((each) => each.traceId === traceId);
  if (operations.length + records.length === 0 && trace === undefined) return null;
  return [
    `trace ${traceId} in ${run.plan.scenario.name}`,
    ...witnessFrom({ operations }).operations.map(operationText),
    ...rowsOf(run, operations).map((row) => rowText(plainRow(row))),
    ...(trace?.spans ?? []).map(({ service, name, kind, linked }) => `span ${service}: ${name} (${kind}${linked ? ', linked' : ''})`),
    ...(trace?.missing ?? []).map((what) => `missing ${what}`),
    ...records.map((record) => logText(record)),
    `The traces of a run go with its stack. The same seed gives the same trace ids: npm run verify -- ${run.plan.scenario.name} --seed ${run.plan.seed} --keep prints the address of its dashboards, and /trace/${traceId} there is this one.`,
    '',
  ].join('\n');
};

const rowsOf = (run: RunData, operations: readonly Operation[]) => {
  const { loggedAs, rows } = indexOf(run);
  const logged = operations.flatMap((operation) => loggedAs(operation));
  const ids = new Set(logged.map(({ id }) => id));
  const entries = rows['timeline-entry'].filter(({ eventId }) => ids.has(eventId));
  return [...logged, ...rows.event.filter(({ id }) => ids.has(id)), ...entries, ...rows.parked.filter(({ id }) => ids.has(id))];
};
