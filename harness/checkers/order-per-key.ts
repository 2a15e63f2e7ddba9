// Promise 3, exactly and no more: sequenced events of a key are applied 1, 2, 3 …; others in position order, and where A's 2xx came before B was handed over,
// A is before B. Nothing of a key is applied that lies behind its parked event.
import type { RunData } from '../engine/run-data.ts';
import { sortRows } from '../history/columns/groups.ts';
import { type EventHistory, groupByKey, indexOf, keyOf, keyValueOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/order-per-key';

export const orderPerKey = (run: RunData): CheckResult => {
  const index = indexOf(run);
  const { timelines } = index;
  const entries = index.rows['timeline-entry'];
  if (timelines.size === 0) return conclude(id, 'inconclusive', 'No timeline was read back, so no order can be seen.');
  const findings = createFindings();
  // What is missing from a state or a history that was cut off is no gap in an order.
  if (run.finalStateComplete)
    for (let key = 0; key < timelines.size; key += 1) checkTimeline(entries.rows(timelines.rowsOf(key)), findings);
  if (run.historyComplete) checkRealTime(index, findings);
  checkParked(index, findings);
  return concludeFrom(id, findings, {
    good: `The events of ${timelines.size} keys were applied in their order.`,
    bad: `${findings.total} events were applied or appended out of their key's order.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};

type Entry = RowOf<'timeline-entry'>;

const checkTimeline = (entries: readonly Entry[], findings: Findings): void => {
  entries.forEach((row, place) => {
    const before = entries[place - 1];
    if (row.entry !== place + 1)
      findings.add(`timeline ${row.systemName}/${row.objectId} has entry ${row.entry} where ${place + 1} is due`, {
        rows: rowsOf(row, before),
      });
    else if (row.sequence !== null) checkSequence(row, before, findings);
    else if (before !== undefined && before.position >= row.position)
      findings.add(`event ${row.eventId} (position ${row.position}) was applied after position ${before.position} of the same key`, {
        rows: rowsOf(row, before),
      });
  });
};

const rowsOf = (row: Entry, before: Entry | undefined): readonly Entry[] => (before === undefined ? [row] : [before, row]);

const checkSequence = (row: Entry, before: Entry | undefined, findings: Findings): void => {
  const due = before === undefined ? 1 : (before.sequence ?? 0) + 1;
  if (row.sequence !== due)
    findings.add(`${row.systemName}/${row.objectId}: sequence ${row.sequence} was applied where ${due} was due`, {
      rows: rowsOf(row, before),
    });
};

/** Rows of a key in position order: none may lie before one that was handed over only after this one's 2xx. */
const checkRealTime = ({ rows: { log }, senderOf }: RunIndex, findings: Findings): void => {
  const [sequences, positions] = [log.column('sequence'), log.column('position')];
  const byKey = groupByKey(log, (row) => sequences.at(row) === null);
  for (let key = 0; key < byKey.size; key += 1) {
    let latest: { handedAt: number; sent: EventHistory } | null = null;
    for (const place of sortRows(byKey.rowsOf(key), (row) => positions.numberAt(row))) {
      const row = log.at(place);
      const sent = senderOf(row);
      if (sent === undefined) continue;
      const { acknowledgedAt, handedAt } = momentsOf(sent);
      if (latest !== null && latest.handedAt > acknowledgedAt) {
        findings.add(`event ${sent.event} was acknowledged before event ${latest.sent.event} was sent, but lies behind it`, {
          rows: [row],
          operations: [...sent.operations, ...latest.sent.operations],
        });
      }
      if (latest === null || handedAt > latest.handedAt) latest = { handedAt, sent };
    }
  }
};

/** First moment at which it was certainly appended, and first at which it may have been. */
const momentsOf = ({ operations }: EventHistory): { acknowledgedAt: number; handedAt: number } => {
  let acknowledgedAt = Infinity;
  let handedAt = Infinity;
  for (const operation of operations) {
    handedAt = Math.min(handedAt, operation.handedAt);
    if (operation.outcome === 'ok') acknowledgedAt = Math.min(acknowledgedAt, operation.doneAt);
  }
  return { acknowledgedAt, handedAt };
};

const placeOf = ({ sequence, position }: { readonly sequence: number | null; readonly position: number }): number => sequence ?? position;

const checkParked = ({ rows, timelines, operations }: RunIndex, findings: Findings): void => {
  const parked = Map.groupBy(
    rows.parked.filter(({ processor }) => processor === 'timelines'),
    keyOf,
  );
  for (const held of parked.values()) {
    const head = held.reduce((first, row) => (placeOf(row) < placeOf(first) ? row : first));
    for (const row of rows['timeline-entry'].rows(timelines.rowsOf(timelines.find(keyValueOf(head, operations))))) {
      if (placeOf(row) > placeOf(head))
        findings.add(`event ${row.eventId} was applied, though event ${head.id} of its key, which comes before it, is parked`, {
          rows: [row, head],
        });
    }
  }
};
