// The final state is the one that ordered delivery would have made: it is computed again from the history, in order, and compared with what is there.
import type { RunData } from '../engine/run-data.ts';
import { type Groups, groupRows, sortRows } from '../history/columns/groups.ts';
import { placeOf } from '../history/columns/table.ts';
import { indexOf, keyOf, keyValues, type RunIndex } from '../history/run-index.ts';
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
    good: `The timelines of ${expected.byKey.size} keys and their counts are those of ordered delivery.`,
    bad: `${findings.total} timelines or counts differ from those of ordered delivery.`,
    measured: { value: findings.total, unit: 'differences', bound: '= 0' },
  });
};

/** What was acknowledged, and what the read-back settled, without what is parked. */
type Expected = {
  /** Events by key, in the producer's order, or in the log's where the producer gave none. */
  readonly byKey: Groups;
  /** The id that each event has in the log. */
  readonly ids: Float64Array;
};

const orderedDelivery = ({ events, operations, firstLogged, rows }: RunIndex): Expected => {
  const parked = new Set(rows.parked.filter(({ processor }) => processor === 'timelines').map((row) => row.id));
  const ids = new Float64Array(events.length).fill(NaN);
  const places = new Float64Array(events.length);
  for (let event = 0; event < events.length; event += 1) {
    const { first, outcome } = events.at(event);
    const row = firstLogged(first);
    if (outcome === 'failed' || row === undefined || parked.has(row.id)) continue;
    ids[event] = row.id;
    places[event] = first.sequence ?? row.position;
  }
  const keyOfRow = keyValues(operations);
  const byKey = groupRows(events.length, (event) => (Number.isNaN(ids[event]) ? NaN : keyOfRow(placeOf(events.at(event).first))));
  for (let key = 0; key < byKey.size; key += 1) sortRows(byKey.rowsOf(key), (event) => places[event] as number);
  return { byKey, ids };
};

const compareTimelines = (expected: Expected, index: RunIndex, findings: Findings): void => {
  const { byKey } = expected;
  const { timelines } = index;
  for (let key = 0; key < byKey.size; key += 1)
    compareTimeline(byKey.rowsOf(key), timelines.rowsOf(timelines.find(byKey.valueOf(key))), expected, index, findings);
  for (let key = 0; key < timelines.size; key += 1)
    if (byKey.find(timelines.valueOf(key)) === -1) compareTimeline(byKey.rowsOf(-1), timelines.rowsOf(key), expected, index, findings);
};

/** `due`: events; `there`: entries. */
const compareTimeline = (due: Int32Array, there: Int32Array, expected: Expected, index: RunIndex, findings: Findings): void => {
  const { events, rows } = index;
  const difference = firstDifference(due, there, expected, index);
  if (difference === null) return;
  const [event, entry] = [due[0], there[0]];
  const key = keyOf(event === undefined ? rows['timeline-entry'].at(entry as number) : events.at(event).first);
  findings.add(`${key.replace('\u0000', '/')}: ${difference}`, {
    rows: rows['timeline-entry'].rows(there),
    facts: { due: Array.from(due.subarray(0, 5), (each) => factOf(each, expected, index)) },
  });
};

const factOf = (event: number, { ids }: Expected, { events, firstLogged }: RunIndex) => {
  const { first } = events.at(event);
  const { eventName, sequence, systemName } = first;
  return { key: keyOf(first), id: ids[event], place: sequence ?? firstLogged(first)?.position, eventName, sequence, systemName };
};

const firstDifference = (due: Int32Array, there: Int32Array, { ids }: Expected, { events, operations, rows }: RunIndex): string | null => {
  const entries = rows['timeline-entry'];
  const [entryIds, entryNames, names] = [entries.column('eventId'), entries.column('eventName'), operations.column('eventName')];
  for (let place = 0; place < Math.max(due.length, there.length); place += 1) {
    const [event, entry] = [due[place], there[place]];
    const [want, have] = [event === undefined ? null : ids[event], entry === undefined ? null : entryIds.numberAt(entry)];
    const isSameName = event === undefined || entry === undefined || names.at(placeOf(events.at(event).first)) === entryNames.at(entry);
    if (want !== have || !isSameName)
      return `entry ${place + 1} is event ${have ?? 'nothing'}, but ordered delivery makes it ${want ?? 'nothing'}`;
  }
  return null;
};

const compareCounts = ({ byKey }: Expected, { events, rows }: RunIndex, findings: Findings): void => {
  const [due, there] = [new Map<string, number>(), new Map<string, number>()];
  for (let key = 0; key < byKey.size; key += 1) for (const event of byKey.rowsOf(key)) addTo(due, nameOf(events.at(event).first), 1);
  for (const row of rows.count) addTo(there, nameOf(row), row.count);
  for (const name of new Set([...due.keys(), ...there.keys()])) {
    if (due.get(name) !== there.get(name))
      findings.add(`${name}: counted ${there.get(name) ?? 0} times, but ordered delivery makes it ${due.get(name) ?? 0}`);
  }
};

const nameOf = ({ systemName, eventName }: { readonly systemName: string; readonly eventName: string }): string =>
  `${systemName}, ${eventName}`;

const addTo = (sums: Map<string, number>, name: string, amount: number): void => {
  sums.set(name, (sums.get(name) ?? 0) + amount);
};
