// Promise 2, second half: an event has its effect once. Entries of timelines and counts are not idempotent by nature, so a doubled effect shows in both.
import type { RunData } from '../engine/run-data.ts';
import { type Effect, indexOf, type Rows, type RunIndex } from '../history/run-index.ts';
import { countBy } from '../history/columns/count-by.ts';
import type { RowsById } from '../history/rows-by-id.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/duplicate-effect';

export const duplicateEffect = (run: RunData): CheckResult => {
  const index = indexOf(run);
  const { rows } = index;
  const effects = rows.event.length + rows['timeline-entry'].length;
  if (effects === 0) return conclude(id, 'inconclusive', 'No effect was read back, so none can be there twice.');
  const findings = createFindings();
  findTwice(index.effects.get('events'), 'is in table events', findings);
  findTwice(index.effects.get('timelines'), 'is in timelines', findings);
  findAppliedAndHeld(index, findings);
  // Counts of a state that was cut off sum up to anything; a row that is there twice is there twice.
  if (run.finalStateComplete) findMiscounted(rows, findings);
  return concludeFrom(id, findings, {
    good: `Each of ${effects} effects is there once, and the counts per minute sum up to the entries of the timelines.`,
    bad: `${findings.total} effects are there more than once, or are counted otherwise than they are there.`,
    measured: { value: findings.total, unit: 'effects', bound: '= 0' },
  });
};

const findTwice = (effects: RowsById<Effect> | undefined, where: string, findings: Findings): void => {
  for (const [event, same] of effects?.repeated() ?? []) findings.add(`event ${event} ${where} ${same.length} times`, { rows: same });
};

const findAppliedAndHeld = ({ rows, effects }: RunIndex, findings: Findings): void => {
  const applied = effects.get('timelines');
  for (const row of [...rows.parked, ...rows.pending]) {
    if (row.processor === 'timelines' && applied?.has(row.id) === true)
      findings.add(`event ${row.id} is applied and also ${row.kind}`, { rows: [row] });
  }
};

type Counted = { readonly lane: number; readonly systemName: string; readonly eventName: string };
const nameOf = ({ lane, systemName, eventName }: Counted): string => `lane ${lane}, ${systemName}, ${eventName}`;

/** A target without books keeps no counts either; of one that has them, each entry is counted. */
const findMiscounted = (rows: Rows, findings: Findings): void => {
  if (rows.count.length === 0 && rows.checkpoint.length === 0) return;
  const counted = new Map<string, number>();
  for (const row of rows.count) counted.set(nameOf(row), (counted.get(nameOf(row)) ?? 0) + row.count);
  const there = countBy(rows['timeline-entry'], ['lane', 'systemName', 'eventName']);
  const entries = new Map(there.map(({ first, count }) => [nameOf(first), count]));
  for (const name of new Set([...counted.keys(), ...entries.keys()])) {
    const [count, made] = [counted.get(name) ?? 0, entries.get(name) ?? 0];
    if (count !== made) findings.add(`${name}: the counts per minute sum up to ${count}, but the timelines have ${made} entries`);
  }
};
