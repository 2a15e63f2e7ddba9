// Promise 5: exactly the poison that the handler met is a dead letter, with the reason of its kind; what came before it on its key is applied, what came
// after waits behind it. Nothing else is parked.
import type { RunData } from '../engine/run-data.ts';
import { type EventHistory, indexOf, keyOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { deadLetterReasons, isParkedPoison } from '../traffic/poison.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/dead-letters-equal-poison';

export const deadLettersEqualPoison = (run: RunData): CheckResult => {
  const index = indexOf(run);
  const poisoned = index.events.filter(({ first }) => isParkedPoison(first.poison));
  if (poisoned.length === 0) return conclude(id, 'inconclusive', 'No poison for the handler was sent.');
  if (!run.finalStateComplete || !run.historyComplete)
    return conclude(
      id,
      'inconclusive',
      'The history or the final state is not whole, so a dead letter without poison, or poison without a dead letter, proves nothing.',
    );
  const findings = createFindings();
  const parked = new Map(index.rows.parked.filter(({ processor }) => processor === 'timelines').map((row) => [row.id, row]));
  const expected = findWrongOrMissing(poisoned, index, parked, findings);
  const poisonedKeys = new Set([...expected.values()].map(keyOf));
  for (const row of index.rows.parked) {
    const waits = row.processor === 'timelines' && row.reasonCode === null && poisonedKeys.has(keyOf(row));
    const isPoison = row.processor === 'timelines' && expected.has(row.id);
    if (!waits && !isPoison)
      findings.add(
        `${row.processor} holds event ${row.id} parked (${row.reasonCode ?? 'waiting'}), but nothing was wrong with it or its key`,
        { rows: [row] },
      );
  }
  checkWaiting(expected, index, parked, findings);
  return concludeFrom(id, findings, {
    good: `Exactly the ${expected.size} events that poison the handler are dead letters, each with its reason; their keys wait behind them in order.`,
    bad: `${findings.total} events are not where poison must leave them.`,
    measured: { value: expected.size, unit: 'dead letters' },
  });
};

type Parked = ReadonlyMap<number, RowOf<'parked'>>;

/** The first poison of a key is a dead letter; any other of the same key would wait behind it. */
const findWrongOrMissing = (
  poisoned: readonly EventHistory[],
  { firstLogged }: RunIndex,
  parked: Parked,
  findings: Findings,
): ReadonlyMap<number, RowOf<'log'>> => {
  const expected = new Map<number, RowOf<'log'>>();
  for (const event of poisoned) {
    const logged = firstLogged(event.first);
    if (logged === undefined) continue;
    expected.set(logged.id, logged);
    const row = parked.get(logged.id);
    const { poison } = event.first;
    const reason = isParkedPoison(poison) ? deadLetterReasons[poison] : null;
    if (row === undefined)
      findings.add(`event ${event.event} (${event.first.poison}) is no dead letter`, { rows: [logged], operations: event.operations });
    else if (row.state !== 'parked')
      findings.add(`event ${event.event} (${event.first.poison}) is still ${row.state} after everything drained`, { rows: [row] });
    else if (row.reasonCode !== reason)
      findings.add(`event ${event.event} (${event.first.poison}) is parked for ${row.reasonCode}, not for ${reason}`, { rows: [row] });
  }
  return expected;
};

const checkWaiting = (poison: ReadonlyMap<number, RowOf<'log'>>, { rows, effects }: RunIndex, parked: Parked, findings: Findings): void => {
  const poisonOfKey = new Map([...poison.values()].map((row) => [keyOf(row), row]));
  const applied = effects.get('timelines');
  for (const row of rows.log) {
    const head = poisonOfKey.get(keyOf(row));
    if (head === undefined || row.id === head.id) continue;
    const after = (row.sequence ?? row.position) > (head.sequence ?? head.position);
    const held = parked.get(row.id);
    if (after && held === undefined)
      findings.add(`event ${row.id} comes after poison ${head.id} on its key, but does not wait behind it`, { rows: [row, head] });
    if (!after && applied?.has(row.id) !== true)
      findings.add(`event ${row.id} comes before poison ${head.id} on its key, but was not applied`, { rows: [row, head] });
  }
};
