// What is there is what was sent, and what was answered: body, fields and id agree between request, answer, log and read models.
import type { RunData } from '../engine/run-data.ts';
import type { FinalRow } from '../history/final-state.ts';
import { type EventHistory, indexOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/conflicting-effect';

export const conflictingEffect = (run: RunData): CheckResult => {
  const index = indexOf(run);
  if (run.operations.length === 0) return conclude(id, 'inconclusive', 'The history is empty: there is nothing to compare rows with.');
  const findings = createFindings();
  compareRows(index, findings);
  compareAnswers(index, findings);
  // The answer that was the first may stand in the part of the history that is missing.
  if (run.historyComplete) for (const event of index.events) if (event.outcome === 'ok') compareNovelty(event, findings);
  return concludeFrom(id, findings, {
    good: `Bodies, fields and ids of ${index.rows.log.length} logged events are those that were sent and answered.`,
    bad: `${findings.total} rows or answers contradict what was sent.`,
    measured: { value: findings.total, unit: 'contradictions', bound: '= 0' },
  });
};

const rowFields = ['systemName', 'objectId', 'sequence', 'bodySha256'] as const;
const effectFields = ['systemName', 'objectId', 'eventName', 'sequence', 'bodySha256', 'idempotencyKey'] as const;
const entryFields = ['systemName', 'objectId', 'eventName', 'sequence'] as const;
const parkedFields = ['systemName', 'objectId', 'sequence', 'idempotencyKey'] as const;

const compareRows = ({ rows, byIdentity, logById }: RunIndex, findings: Findings): void => {
  const sentAs = (rowId: number): EventHistory | undefined => byIdentity.get(logById.get(rowId)?.idempotencyKey ?? '');
  for (const row of rows.log) compareFields(row, rowFields, byIdentity.get(row.idempotencyKey ?? ''), 'the log', findings);
  for (const row of rows.event) compareFields(row, effectFields, sentAs(row.id), 'table events', findings);
  for (const row of rows['timeline-entry']) compareFields(row, entryFields, sentAs(row.eventId), 'timelines', findings);
  for (const row of rows.parked) compareFields(row, parkedFields, sentAs(row.id), 'the park', findings);
};

type Field = (typeof effectFields)[number];

const compareFields = <Name extends Field>(
  row: FinalRow & Readonly<Record<Name, unknown>>,
  fields: readonly Name[],
  sent: EventHistory | undefined,
  where: string,
  findings: Findings,
): void => {
  if (sent === undefined) return;
  const values: Readonly<Record<Name, unknown>> = row;
  for (const field of fields) {
    if (values[field] === sent.first[field]) continue;
    findings.add(`event ${sent.event} was sent with ${field} ${show(sent.first[field])}, but ${where} has ${show(values[field])}`, {
      rows: [row],
      operations: sent.operations,
    });
  }
};

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

const compareAnswers = ({ events, logByIdentity }: RunIndex, findings: Findings): void => {
  const eventOfId = new Map<number, number>();
  for (const event of events) {
    if (event.outcome !== 'ok') continue;
    const ids = new Set(event.operations.filter(({ outcome }) => outcome === 'ok').map((operation) => operation.id));
    const logged = logByIdentity.get(event.first.idempotencyKey)?.[0];
    const [answered] = ids;
    if (ids.has(null)) findings.add(`event ${event.event} was acknowledged without an id`, { operations: event.operations });
    else if (ids.size > 1)
      findings.add(`event ${event.event} was answered with ${ids.size} different ids: ${[...ids].join(', ')}`, {
        operations: event.operations,
      });
    else if (logged !== undefined && logged.id !== answered)
      findings.add(`event ${event.event} was answered with id ${answered}, but is ${logged.id} in the log`, {
        rows: [logged],
        operations: event.operations,
      });
    for (const given of ids) {
      const other = given === null ? undefined : eventOfId.get(given);
      if (other !== undefined)
        findings.add(`id ${given} was answered for event ${other} and for event ${event.event}`, { operations: event.operations });
      if (given !== null) eventOfId.set(given, event.event);
    }
  }
};

/** Of the acknowledged deliveries of an event at most one is the new one; where no attempt is in doubt, exactly one. */
const compareNovelty = (event: EventHistory, findings: Findings): void => {
  const inDoubt = event.operations.some(({ outcome }) => outcome === 'unknown');
  const fresh = event.operations.filter(({ outcome, duplicate }) => outcome === 'ok' && duplicate === false).length;
  const flagged = event.operations.some(({ duplicate }) => duplicate !== null);
  if (fresh > 1)
    findings.add(`${fresh} deliveries of event ${event.event} were each answered as the first`, { operations: event.operations });
  if (fresh === 0 && flagged && !inDoubt)
    findings.add(`event ${event.event} was answered as a duplicate, but none was before it`, { operations: event.operations });
};
