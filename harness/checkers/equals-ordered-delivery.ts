// The final state is the one that ordered delivery would have made: it is computed again from the history, in order, and compared with what is there.
import type { RunData } from '../engine/run-data.ts';
import { indexOf, keyOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/equals-ordered-delivery';

export const equalsOrderedDelivery = (run: RunData): CheckResult => {
  const index = indexOf(run);
  if (index.events.length === 0 || index.rows.log.length === 0)
    return conclude(id, 'inconclusive', 'Nothing was delivered, so there is nothing to compute again.');
  if (!run.finalStateComplete || !run.historyComplete) return conclude(id, 'inconclusive', 'The history or the final state is not whole.');
  const findings = createFindings();
  const expected = orderedDelivery(index);
  compareTimelines(expected, index, findings);
  compareCounts(expected, index, findings);
  return concludeFrom(id, findings, {
    good: `The timelines of ${expected.size} keys and their counts are those of ordered delivery.`,
    bad: `${findings.total} timelines or counts differ from those of ordered delivery.`,
    measured: { value: findings.total, unit: 'differences', bound: '= 0' },
  });
};

type Expected = {
  readonly id: number;
  readonly place: number;
  readonly eventName: string;
  readonly sequence: number | null;
  readonly systemName: string;
};

/** What was acknowledged, and what the read-back settled, by key in the producer's order (or the log's, where the producer gave none); without what is parked. */
const orderedDelivery = ({ events, logByIdentity, rows }: RunIndex): ReadonlyMap<string, readonly Expected[]> => {
  const parked = new Set(rows.parked.filter(({ processor }) => processor === 'timelines').map((row) => row.id));
  const delivered = events.flatMap(({ first, outcome }) => {
    const row = logByIdentity.get(first.idempotencyKey)?.[0];
    if (outcome === 'failed' || row === undefined || parked.has(row.id)) return [];
    return [
      {
        key: keyOf(first),
        id: row.id,
        place: first.sequence ?? row.position,
        eventName: first.eventName,
        sequence: first.sequence,
        systemName: first.systemName,
      },
    ];
  });
  const byKey = Map.groupBy(delivered, ({ key }) => key);
  return new Map([...byKey].map(([key, list]) => [key, list.toSorted((left, right) => left.place - right.place)]));
};

const compareTimelines = (expected: ReadonlyMap<string, readonly Expected[]>, { rows }: RunIndex, findings: Findings): void => {
  const timelines = Map.groupBy(rows['timeline-entry'], keyOf);
  for (const key of new Set([...expected.keys(), ...timelines.keys()])) {
    const due = expected.get(key) ?? [];
    const there = (timelines.get(key) ?? []).toSorted((left, right) => left.entry - right.entry);
    const difference = firstDifference(due, there);
    if (difference !== null)
      findings.add(`${key.replace('\u0000', '/')}: ${difference}`, {
        rows: there,
        facts: { due: due.slice(0, 5) },
      });
  }
};

const firstDifference = (due: readonly Expected[], there: readonly RowOf<'timeline-entry'>[]): string | null => {
  for (let place = 0; place < Math.max(due.length, there.length); place += 1) {
    const [want, have] = [due[place], there[place]];
    if (want?.id !== have?.eventId || want?.eventName !== have?.eventName)
      return `entry ${place + 1} is event ${have?.eventId ?? 'nothing'}, but ordered delivery makes it ${want?.id ?? 'nothing'}`;
  }
  return null;
};

const compareCounts = (expected: ReadonlyMap<string, readonly Expected[]>, { rows }: RunIndex, findings: Findings): void => {
  const due = sum([...expected.values()].flat().map(({ systemName, eventName }) => [`${systemName}, ${eventName}`, 1]));
  const there = sum(rows.count.map(({ systemName, eventName, count }) => [`${systemName}, ${eventName}`, count]));
  for (const name of new Set([...due.keys(), ...there.keys()])) {
    if (due.get(name) !== there.get(name))
      findings.add(`${name}: counted ${there.get(name) ?? 0} times, but ordered delivery makes it ${due.get(name) ?? 0}`);
  }
};

const sum = (amounts: readonly (readonly [string, number])[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  for (const [name, amount] of amounts) sums.set(name, (sums.get(name) ?? 0) + amount);
  return sums;
};
