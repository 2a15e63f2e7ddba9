// The read models are a pure function of the log: computed again from its rows alone, lane by lane, they are what is there. What the park holds is taken from the
// park, for which events user code throws on is no property of the log; dead-letters-equal-poison judges that.
import type { RunData } from '../engine/run-data.ts';
import { indexOf, keyOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/read-model';
type Logged = RowOf<'log'>;
type Entry = RowOf<'timeline-entry'>;

export const readModel = (run: RunData): CheckResult => {
  const index = indexOf(run);
  const { rows } = index;
  if (rows.log.length === 0 || !run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The log was not read back whole, so the read models can not be computed again.');
  if (rows.log.some(({ eventName, minute }) => eventName === undefined || minute === undefined))
    return conclude(id, 'inconclusive', 'The log was read back without the names and minutes of its events.');
  const findings = createFindings();
  compareEvents(passedBy('events', index), index, findings);
  const applied = heldBack(passedBy('timelines', index), index);
  compareTimelines(applied, index, findings);
  compareCounts(applied, index, findings);
  return concludeFrom(id, findings, {
    good: `Table events, the timelines and the counts are what the ${rows.log.length} rows of the log make of them.`,
    bad: `${findings.total} rows of read models are not what the log makes of them.`,
    measured: { value: findings.total, unit: 'differences', bound: '= 0' },
  });
};

/** Rows at or before the checkpoint of their lane; without a checkpoint none was passed. */
const passedBy = (processor: string, { rows }: RunIndex): readonly Logged[] => {
  const positions = new Map(rows.checkpoint.filter((row) => row.processor === processor).map(({ lane, position }) => [lane, position]));
  return rows.log.filter(({ lane, position }) => position <= (positions.get(lane) ?? 0));
};

const heldBack = (passed: readonly Logged[], { rows }: RunIndex): readonly Logged[] => {
  const held = new Set([...rows.parked, ...rows.pending].filter(({ processor }) => processor === 'timelines').map((row) => row.id));
  return passed.filter((row) => !held.has(row.id));
};

const copied = ['lane', 'position', 'systemName', 'objectId', 'eventName', 'sequence', 'idempotencyKey', 'bodySha256'] as const;

const compareEvents = (passed: readonly Logged[], { rows }: RunIndex, findings: Findings): void => {
  const there = new Map(rows.event.map((row) => [row.id, row]));
  for (const row of passed) {
    const event = there.get(row.id);
    const wrong = event === undefined ? undefined : copied.find((field) => event[field] !== row[field]);
    if (event === undefined) findings.add(`event ${row.id} is in the log, but not in table events`, { rows: [row] });
    else if (wrong !== undefined)
      findings.add(`event ${row.id} has another ${wrong} in table events than in the log`, { rows: [row, event] });
    there.delete(row.id);
  }
  for (const row of there.values()) findings.add(`table events has event ${row.id}, which no passed row of the log is`, { rows: [row] });
};

const placeOf = ({ sequence, position }: Logged): number => sequence ?? position;

const compareTimelines = (applied: readonly Logged[], { rows }: RunIndex, findings: Findings): void => {
  const due = Map.groupBy(applied, keyOf);
  const there = Map.groupBy(rows['timeline-entry'], keyOf);
  for (const [key, logged] of due) {
    const difference = firstDifference(logged.toSorted(byPlace), (there.get(key) ?? []).toSorted(byEntry));
    if (difference !== null) findings.add(`timeline ${key.replace('\u0000', '/')}: ${difference.message}`, { rows: difference.rows });
  }
  for (const [key, entries] of there)
    if (!due.has(key))
      findings.add(`timeline ${key.replace('\u0000', '/')} has ${entries.length} entries that the log does not make`, { rows: entries });
};

const byPlace = (left: Logged, right: Logged): number => placeOf(left) - placeOf(right);
const byEntry = (left: Entry, right: Entry): number => left.entry - right.entry;

const firstDifference = (due: readonly Logged[], there: readonly Entry[]) => {
  for (let place = 0; place < Math.max(due.length, there.length); place += 1) {
    const [want, have] = [due[place], there[place]];
    const isSame =
      want?.id === have?.eventId && want?.eventName === have?.eventName && want?.position === have?.position && have?.entry === place + 1;
    if (!isSame)
      return {
        message: `entry ${place + 1} is event ${have?.eventId ?? 'nothing'}, but the log makes it ${want?.id ?? 'nothing'}`,
        rows: [want, have].filter((row) => row !== undefined),
      };
  }
  return null;
};

type Counted = { readonly lane: number; readonly systemName: string; readonly eventName?: string; readonly minute?: number };
const counterOf = ({ lane, systemName, eventName, minute }: Counted): string => `lane ${lane}, ${systemName}, ${eventName}, ${minute}`;

/** Only where the target keeps counts at all: that they are all missing is not for this check to notice. */
const compareCounts = (applied: readonly Logged[], { rows }: RunIndex, findings: Findings): void => {
  if (rows.count.length === 0) return;
  const due = new Map<string, number>();
  for (const row of applied) due.set(counterOf(row), (due.get(counterOf(row)) ?? 0) + 1);
  for (const row of rows.count) {
    const count = due.get(counterOf(row)) ?? 0;
    due.delete(counterOf(row));
    if (count !== row.count) findings.add(`${counterOf(row)}: counted ${row.count} times, but the log makes it ${count}`, { rows: [row] });
  }
  for (const [counter, count] of due) findings.add(`${counter}: not counted, but the log makes it ${count}`);
};
