// The read models are a pure function of the log: computed again from its rows alone, lane by lane, they are what is there. What the park holds is taken from the
// park, for which events user code throws on is no property of the log; dead-letters-equal-poison judges that.
import type { RunData } from '../engine/run-data.ts';
import { countBy } from '../history/columns/count-by.ts';
import { countRows } from '../history/columns/row-list.ts';
import { sortRows } from '../history/columns/groups.ts';
import { fieldsApart, placeOf } from '../history/columns/table.ts';
import { groupByKey, indexOf, keyOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/read-model';
type Logged = RowOf<'log'>;
type Entry = RowOf<'timeline-entry'>;

export const readModel = (run: RunData): CheckResult => {
  const index = indexOf(run);
  const { rows } = index;
  if (rows.log.length === 0 || !run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The log was not read back whole, so the read models can not be computed again.');
  if (countRows(rows.log, ({ eventName, minute }) => eventName === undefined || minute === undefined) > 0)
    return conclude(id, 'inconclusive', 'The log was read back without the names and minutes of its events.');
  const findings = createFindings();
  compareEvents(passedBy('events', index), index, findings);
  const applied = appliedTo('timelines', index);
  compareTimelines(applied, index, findings);
  compareCounts(applied, index, findings);
  return concludeFrom(id, findings, {
    good: `Table events, the timelines and the counts are what the ${rows.log.length} rows of the log make of them.`,
    bad: `${findings.total} rows of read models are not what the log makes of them.`,
    measured: { value: findings.total, unit: 'differences', bound: '= 0' },
  });
};

type IsPassed = (row: Logged) => boolean;

/** Rows at or before the checkpoint of their lane; without a checkpoint none was passed. Of an erased one nothing may be there. */
const passedBy = (processor: string, { rows, erased }: RunIndex): IsPassed => {
  const read = rows.checkpoint.filter((row) => row.processor === processor && row.isRead !== false);
  const positions = new Map(read.map(({ lane, position }) => [lane, position]));
  return ({ lane, position, id: event }) => position <= (positions.get(lane) ?? 0) && !erased.has(event);
};

const appliedTo = (processor: string, index: RunIndex): IsPassed => {
  const { rows } = index;
  const isPassed = passedBy(processor, index);
  const held = new Set([...rows.parked, ...rows.pending].filter((row) => row.processor === processor).map((row) => row.id));
  return (row) => isPassed(row) && !held.has(row.id);
};

const copied = ['lane', 'position', 'systemName', 'objectId', 'eventName', 'sequence', 'idempotencyKey', 'bodySha256'] as const;

const compareEvents = (isPassed: IsPassed, { rows, effects }: RunIndex, findings: Findings): void => {
  const there = effects.get('events');
  const apart = fieldsApart(copied, rows.event, rows.log);
  const seen = new Uint8Array(rows.event.length);
  for (const row of rows.log) {
    if (!isPassed(row)) continue;
    const event = there?.get(row.id) as RowOf<'event'> | undefined;
    if (event === undefined || seen[placeOf(event)] === 1) {
      findings.add(`event ${row.id} is in the log, but not in table events`, { rows: [row] });
      continue;
    }
    seen[placeOf(event)] = 1;
    const [wrong] = apart(placeOf(event), placeOf(row));
    if (wrong !== undefined) findings.add(`event ${row.id} has another ${wrong} in table events than in the log`, { rows: [row, event] });
  }
  for (const [id, row] of there?.entries() ?? [])
    if (seen[placeOf(row)] === 0) findings.add(`table events has event ${id}, which no passed row of the log is`, { rows: [row] });
};

const compareTimelines = (isApplied: IsPassed, index: RunIndex, findings: Findings): void => {
  const { log, 'timeline-entry': entries } = index.rows;
  const there = index.timelines;
  const due = groupByKey(log, (row) => isApplied(log.at(row)));
  const [sequences, positions] = [log.column('sequence'), log.column('position')];
  for (let key = 0; key < due.size; key += 1) {
    const logged = sortRows(due.rowsOf(key), (row) => sequences.at(row) ?? positions.numberAt(row));
    const difference = firstDifference(logged, there.rowsOf(there.find(due.valueOf(key))), index);
    if (difference !== null)
      findings.add(`timeline ${nameOf(log.at(logged[0] as number))}: ${difference.message}`, { rows: difference.rows });
  }
  for (let key = 0; key < there.size; key += 1) {
    if (due.find(there.valueOf(key)) !== -1) continue;
    const rows = entries.rows(there.rowsOf(key));
    findings.add(`timeline ${nameOf(rows[0] as Entry)} has ${rows.length} entries that the log does not make`, { rows });
  }
};

const nameOf = (row: Logged | Entry): string => keyOf(row).replace('\u0000', '/');

const firstDifference = (due: Int32Array, there: Int32Array, { rows: { log, 'timeline-entry': entries } }: RunIndex) => {
  const apart = fieldsApart(['eventName', 'position'], log, entries);
  const [ids, eventIds, numbers] = [log.column('id'), entries.column('eventId'), entries.column('entry')];
  const isSame = (logged: number, entry: number, place: number): boolean =>
    ids.at(logged) === eventIds.at(entry) && numbers.at(entry) === place + 1 && apart(logged, entry).length === 0;
  for (let place = 0; place < Math.max(due.length, there.length); place += 1) {
    const [logged, entry] = [due[place], there[place]];
    if (logged !== undefined && entry !== undefined && isSame(logged, entry, place)) continue;
    const [want, have] = [logged === undefined ? null : log.at(logged), entry === undefined ? null : entries.at(entry)];
    return {
      message: `entry ${place + 1} is event ${have?.eventId ?? 'nothing'}, but the log makes it ${want?.id ?? 'nothing'}`,
      rows: [want, have].filter((row) => row !== null),
    };
  }
  return null;
};

type Counted = { readonly lane: number; readonly systemName: string; readonly eventName?: string; readonly minute?: number };
const counterOf = ({ lane, systemName, eventName, minute }: Counted): string => `lane ${lane}, ${systemName}, ${eventName}, ${minute}`;

/** Where nothing is passed, as in a target without checkpoints, none is due. */
const compareCounts = (isApplied: IsPassed, { rows }: RunIndex, findings: Findings): void => {
  const counted = countBy(rows.log, ['lane', 'systemName', 'eventName', 'minute'], isApplied);
  const due = new Map(counted.map(({ first, count }) => [counterOf(first), count]));
  for (const row of rows.count) {
    const count = due.get(counterOf(row)) ?? 0;
    due.delete(counterOf(row));
    if (count !== row.count) findings.add(`${counterOf(row)}: counted ${row.count} times, but the log makes it ${count}`, { rows: [row] });
  }
  for (const [counter, count] of due) findings.add(`${counter}: not counted, but the log makes it ${count}`);
};
