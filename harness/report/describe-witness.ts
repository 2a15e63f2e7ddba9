// A witness as lines of plain text, for the console and junit.xml: an operation, a row, a log line or a trace each.
import type { FinalRow } from '../history/final-state.ts';
import type { ShownLog, ShownOperation, ShownTrace, Witness } from '../checkers/witness.ts';

export const witnessLines = ({ operations, rows, logs, traces, facts, left }: Witness): readonly string[] => [
  ...operations.map(operationText),
  ...(left?.operations === undefined ? [] : [`… and ${left.operations} more operations`]),
  ...rows.map(rowText),
  ...(left?.rows === undefined ? [] : [`… and ${left.rows} more rows`]),
  ...(facts === undefined ? [] : [`facts ${JSON.stringify(facts)}`]),
  ...logs.map(logText),
  ...traces.map(traceText),
];

/** `op 12 at 1234.5 ms: first of event 12 (shop/order-7, placed), ok 200 after 5.8 ms, id 4711` */
export const operationText = (operation: ShownOperation): string => {
  const { op, event, handedAt, doneAt, delivery, systemName, objectId, eventName, sequence, poison } = operation;
  const number = sequence === null ? '' : ` number ${sequence}`;
  const kind = poison === undefined ? '' : `, ${poison}`;
  return `op ${op} at ${round(handedAt)} ms: ${delivery} of event ${event} (${systemName}/${objectId}${number}, ${eventName}${kind}), ${answerText(operation)} after ${round(doneAt - handedAt)} ms`;
};

const answerText = ({ outcome, status, code, id, duplicate }: ShownOperation): string =>
  [
    `${outcome}${status === null ? '' : ` ${status}`}`,
    ...(code === null ? [] : [code]),
    ...(id === null ? [] : [`id ${id}`]),
    ...(duplicate === true ? ['duplicate'] : []),
  ].join(', ');

const round = (ms: number): number => Math.round(ms * 10) / 10;

/** `row log lane=3 position=17 id=4711 …`, hashes cut. */
export const rowText = ({ kind, ...fields }: FinalRow): string =>
  `row ${kind} ${Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'string' && value.length > 48 ? `${value.slice(0, 12)}…` : value}`)
    .join(' ')}`;

export const logText = ({ service, severity, line, traceId }: ShownLog): string =>
  `log ${severity} ${service}: ${line}${traceId === null ? '' : ` (trace ${traceId})`}`;

/** How it is opened comes first: a long line is cut at its end. */
const traceText = ({ traceId, spans, open }: ShownTrace): string =>
  `trace ${open ?? traceId}${spans.length === 0 ? '' : ` (${spans.join(' > ')})`}`;
