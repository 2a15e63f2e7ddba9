// Promise 2, second half: an event has its effect once. Entries of timelines and counts are not idempotent by nature, so a doubled effect shows in both.
import type { RunData } from '../engine/run-data.ts';
import type { FinalRow } from '../history/final-state.ts';
import { repeatedRows } from '../history/group-rows.ts';
import { indexOf, type Rows } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/duplicate-effect';

export const duplicateEffect = (run: RunData): CheckResult => {
  const { rows } = indexOf(run);
  const effects = rows.event.length + rows['timeline-entry'].length;
  if (effects === 0) return conclude(id, 'inconclusive', 'No effect was read back, so none can be there twice.');
  const findings = createFindings();
  findTwice(rows.event, (row) => row.id, 'is in table events', findings);
  findTwice(rows['timeline-entry'], (row) => row.eventId, 'is in timelines', findings);
  findAppliedAndHeld(rows, findings);
  // Counts of a state that was cut off sum up to anything; a row that is there twice is there twice.
  if (run.finalStateComplete) findMiscounted(rows, findings);
  return concludeFrom(id, findings, {
    good: `Each of ${effects} effects is there once, and the counts per minute sum up to the entries of the timelines.`,
    bad: `${findings.total} effects are there more than once, or are counted otherwise than they are there.`,
    measured: { value: findings.total, unit: 'effects', bound: '= 0' },
  });
};

const findTwice = <Row extends FinalRow>(rows: readonly Row[], eventOf: (row: Row) => number, where: string, findings: Findings): void => {
  for (const [event, same] of repeatedRows(rows, eventOf)) findings.add(`event ${event} ${where} ${same.length} times`, { rows: same });
};

const findAppliedAndHeld = (rows: Rows, findings: Findings): void => {
  const applied = new Set(rows['timeline-entry'].map(({ eventId }) => eventId));
  for (const row of [...rows.parked, ...rows.pending]) {
    if (row.processor === 'timelines' && applied.has(row.id))
      findings.add(`event ${row.id} is applied and also ${row.kind}`, { rows: [row] });
  }
};

type Counted = { readonly lane: number; readonly systemName: string; readonly eventName: string };
const nameOf = ({ lane, systemName, eventName }: Counted): string => `lane ${lane}, ${systemName}, ${eventName}`;

/** Only where the target keeps counts at all: their absence is the accounting's to notice. */
const findMiscounted = (rows: Rows, findings: Findings): void => {
  if (rows.count.length === 0) return;
  const counted = sumBy(rows.count, ({ count }) => count);
  const entries = sumBy(rows['timeline-entry'], () => 1);
  for (const name of new Set([...counted.keys(), ...entries.keys()])) {
    const [count, there] = [counted.get(name) ?? 0, entries.get(name) ?? 0];
    if (count !== there) findings.add(`${name}: the counts per minute sum up to ${count}, but the timelines have ${there} entries`);
  }
};

const sumBy = <Row extends Counted>(rows: readonly Row[], amountOf: (row: Row) => number): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(nameOf(row), (sums.get(nameOf(row)) ?? 0) + amountOf(row));
  return sums;
};
