// What is there is what was sent, and what was answered: body, fields, tenant and id agree between request, answer, log and read models.
import type { RunData } from '../engine/run-data.ts';
import type { Numbering } from '../history/columns/numbering.ts';
import { fieldsApart, placeOf, type Table } from '../history/columns/table.ts';
import type { FinalRow } from '../history/final-state.ts';
import { type EventHistory, indexOf, type RunIndex } from '../history/run-index.ts';
import { sentBy } from '../history/sent-by.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/conflicting-effect';

export const conflictingEffect = (run: RunData): CheckResult => {
  const index = indexOf(run);
  if (run.operations.length === 0) return conclude(id, 'inconclusive', 'The history is empty: there is nothing to compare rows with.');
  const findings = createFindings();
  const tenants = createTenantCheck(run, findings);
  compareRows(index, tenants.compare, findings);
  compareAnswers(index, findings);
  // The answer that was the first may stand in the part of the history that is missing.
  if (run.historyComplete) for (const event of index.events) if (event.outcome === 'ok') compareNovelty(event, findings);
  const untold = tenants.untold();
  if (findings.total === 0 && untold.length > 0)
    return conclude(
      id,
      'inconclusive',
      `The scenario has tenants, but the target does not say whose its rows are in ${untold.join(', ')}: one that is another tenant's would not be seen.`,
    );
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

const compareRows = (index: RunIndex, compareTenant: CompareTenant, findings: Findings): void => {
  const { rows, senderOf, logById } = index;
  const sentAs = (rowId: number): EventHistory | undefined => senderOf(logById.get(rowId) ?? { idempotencyKey: null });
  compareTable(rows.log, rowFields, 'the log', senderOf, index, compareTenant, findings);
  compareTable(rows.event, effectFields, 'table events', (row) => sentAs(row.id), index, compareTenant, findings);
  compareTable(rows['timeline-entry'], entryFields, 'timelines', (row) => sentAs(row.eventId), index, compareTenant, findings);
  for (const row of rows.parked) {
    const sent = sentAs(row.id);
    if (sent === undefined) continue;
    for (const field of parkedFields) if (row[field] !== sent.first[field]) report(field, row, sent, 'the park', findings);
    compareTenant(row, sent, 'the park');
  }
};

type Owned = FinalRow & { readonly tenant?: string };
type CompareTenant = (row: Owned, sent: EventHistory, where: string) => void;

type TenantCheck = {
  readonly compare: CompareTenant;
  /** Where rows do not say whose they are, though the scenario has tenants. */
  untold(): readonly string[];
};

/** Where one tenant's event is stored as another's, whoever may read it reads what is not theirs. In a scenario without tenants a target may tell of none. */
const createTenantCheck = ({ plan: { scenario } }: RunData, findings: Findings): TenantCheck => {
  const tenantOf = sentBy(scenario);
  const untold = new Set<string>();
  const compare: CompareTenant = (row, sent, where) => {
    const { tenant } = row;
    if (tenant === undefined) {
      if (scenario.traffic.tenants !== undefined) untold.add(where);
      return;
    }
    const sender = tenantOf(sent.first);
    if (tenant !== sender)
      findings.add(`event ${sent.event} was sent by tenant ${show(sender)}, but is of ${show(tenant)} in ${where}`, {
        rows: [row],
        operations: sent.operations,
      });
  };
  return { compare, untold: () => [...untold] };
};

type Field = (typeof effectFields)[number];
type Holding<Name extends Field> = { readonly [Each in Name]: unknown };

const compareTable = <Name extends Field, Row extends Owned & Holding<Name>>(
  table: Table<Row>,
  fields: readonly Name[],
  where: string,
  senderOf: (row: Row) => EventHistory | undefined,
  { operations }: RunIndex,
  compareTenant: CompareTenant,
  findings: Findings,
): void => {
  const apart = fieldsApart<Name>(fields, table, operations);
  for (const row of table) {
    const sent = senderOf(row);
    if (sent === undefined) continue;
    for (const field of apart(placeOf(row), placeOf(sent.first))) report(field, row, sent, where, findings);
    compareTenant(row, sent, where);
  }
};

const report = <Name extends Field>(
  field: Name,
  row: FinalRow & Holding<Name>,
  sent: EventHistory,
  where: string,
  findings: Findings,
): void =>
  findings.add(`event ${sent.event} was sent with ${field} ${show(sent.first[field])}, but ${where} has ${show(row[field])}`, {
    rows: [row],
    operations: sent.operations,
  });

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

const compareAnswers = ({ events, ids: known, firstLogged }: RunIndex, findings: Findings): void => {
  const answeredFor = createAnswered(known);
  for (const event of events) {
    if (event.outcome !== 'ok') continue;
    const ids = answeredIds(event);
    const logged = firstLogged(event.first);
    const [answered] = ids;
    if (ids.includes(null)) findings.add(`event ${event.event} was acknowledged without an id`, { operations: event.operations });
    else if (ids.length > 1)
      findings.add(`event ${event.event} was answered with ${ids.length} different ids: ${ids.join(', ')}`, {
        operations: event.operations,
      });
    else if (logged !== undefined && answered !== undefined && logged.id !== answered)
      findings.add(`event ${event.event} was answered with id ${answered}, but is ${logged.id} in the log`, {
        rows: [logged],
        operations: event.operations,
      });
    for (const given of ids) {
      const other = given === null ? null : answeredFor(given, event.event);
      if (other !== null)
        findings.add(`id ${given} was answered for event ${other} and for event ${event.event}`, { operations: event.operations });
    }
  }
};

/** What was promised without an answer of its own, as a line of an imported file, was told no id. */
const answeredIds = ({ operations }: EventHistory): readonly (number | null)[] => {
  const ids: (number | null)[] = [];
  for (const { outcome, status, id: given } of operations) if (outcome === 'ok' && status !== null && !ids.includes(given)) ids.push(given);
  return ids;
};

/** Notes for which event an id was answered; returns the one for which it was answered before. */
const createAnswered = (ids: Numbering): ((id: number, event: number) => number | null) => {
  const ofKnown = new Float64Array(ids.size).fill(NaN);
  const ofOthers = new Map<number, number>();
  return (id, event) => {
    const number = ids.find(id);
    const before = number === -1 ? (ofOthers.get(id) ?? NaN) : (ofKnown[number] as number);
    if (number === -1) ofOthers.set(id, event);
    else ofKnown[number] = event;
    return Number.isNaN(before) ? null : before;
  };
};

/** Of the acknowledged deliveries of an event at most one is the new one; where no attempt is in doubt, exactly one. */
const compareNovelty = ({ event, operations }: Pick<EventHistory, 'event' | 'operations'>, findings: Findings): void => {
  const inDoubt = operations.some(({ outcome }) => outcome === 'unknown');
  const fresh = operations.filter(({ outcome, duplicate }) => outcome === 'ok' && duplicate === false).length;
  const flagged = operations.some(({ duplicate }) => duplicate !== null);
  if (fresh > 1) findings.add(`${fresh} deliveries of event ${event} were each answered as the first`, { operations });
  if (fresh === 0 && flagged && !inDoubt)
    findings.add(`event ${event} was answered as a duplicate, but none was before it`, { operations });
};
