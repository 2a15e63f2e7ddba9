// A team's own processor, by its own table: each event that it was given has its entry there once and in the order of its key, but those that it could not take,
// which are dead letters or wait behind one, and have none. Nothing else is parked.
import type { RunData } from '../engine/run-data.ts';
import { indexOf, keyOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { isParkedPoison } from '../traffic/poison.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/own-effects-once';
type OwnEffect = RowOf<'own-effect'>;

export const ownEffectsOnce = (run: RunData): CheckResult => {
  if (!run.finalStateComplete) return conclude(id, 'inconclusive', 'The final state was not read back whole.');
  const index = indexOf(run);
  const effects = index.rows['own-effect'];
  const [first] = effects;
  if (first === undefined) return conclude(id, 'inconclusive', "No effect of a team's own processor was read back.");
  const findings = createFindings();
  const byEvent = Map.groupBy(effects, ({ eventId }) => eventId);
  for (const [event, same] of byEvent)
    if (same.length > 1) findings.add(`event ${event} has ${same.length} entries of ${first.processor}`, { rows: same });
  const held = new Map(index.rows.parked.filter(({ processor }) => processor === first.processor).map((row) => [row.id, row]));
  checkEach(index, byEvent, held, findings);
  checkReasons(index, held, findings);
  checkPoison(index, byEvent, held, findings);
  checkOrder(effects, findings);
  return concludeFrom(id, findings, {
    good: `Each of ${byEvent.size} events has its entry of ${first.processor} once, in order; the ${held.size} that it could not take, or that wait, have none.`,
    bad: `${findings.total} entries of ${first.processor} are not what they must be.`,
    measured: { value: findings.total, unit: 'entries', bound: '= 0' },
  });
};

type Held = ReadonlyMap<number, RowOf<'parked'>>;

const checkEach = ({ rows }: RunIndex, byEvent: ReadonlyMap<number, readonly OwnEffect[]>, held: Held, findings: Findings): void => {
  for (const row of rows.log) {
    const [entry, parked] = [byEvent.get(row.id)?.[0], held.get(row.id)];
    if (entry === undefined && parked === undefined)
      findings.add(`event ${row.id} has no entry, and is not parked either`, { rows: [row] });
    if (entry !== undefined && parked !== undefined) findings.add(`event ${row.id} has an entry, and is parked`, { rows: [entry, parked] });
  }
};

/** Poison is a dead letter, or waits behind one; whatever else is parked waits on a key that was poisoned. */
const checkReasons = ({ senderOf }: RunIndex, held: Held, findings: Findings): void => {
  const dead = [...held.values()].filter(({ reasonCode }) => reasonCode !== null);
  const keys = new Set(dead.map(keyOf));
  for (const row of held.values()) {
    const poison = senderOf(row)?.first.poison ?? null;
    if (row.reasonCode !== null && poison === null)
      findings.add(`event ${row.id} is parked (${row.reasonCode}), but nothing was wrong with it`, { rows: [row] });
    if (row.reasonCode === null && !keys.has(keyOf(row))) findings.add(`event ${row.id} waits behind no dead letter`, { rows: [row] });
  }
};

/** Told from what was sent, not from what is parked: poison that was taken for good has an entry like any other. */
const checkPoison = (
  { rows, senderOf }: RunIndex,
  byEvent: ReadonlyMap<number, readonly OwnEffect[]>,
  held: Held,
  findings: Findings,
): void => {
  const placeOf = ({ sequence, position }: RowOf<'log'>): number => sequence ?? position;
  const firsts = new Map<string, RowOf<'log'>>();
  for (const row of rows.log) {
    const first = firsts.get(keyOf(row));
    if (isParkedPoison(senderOf(row)?.first.poison ?? null) && (first === undefined || placeOf(row) < placeOf(first)))
      firsts.set(keyOf(row), row);
  }
  for (const poison of firsts.values())
    if ((held.get(poison.id)?.reasonCode ?? null) === null)
      findings.add(`event ${poison.id} was poison, but is no dead letter`, { rows: [poison] });
  for (const row of rows.log) {
    const poison = firsts.get(keyOf(row));
    const entry = byEvent.get(row.id)?.[0];
    if (poison !== undefined && entry !== undefined && placeOf(row) > placeOf(poison))
      findings.add(`event ${row.id} comes after poison ${poison.id} on its key, but did not wait behind it`, { rows: [entry, poison] });
  }
};

const checkOrder = (effects: readonly OwnEffect[], findings: Findings): void => {
  for (const ofKey of Map.groupBy(effects, keyOf).values()) {
    const inOrder = ofKey.toSorted((a, b) => a.entry - b.entry);
    const wrong = inOrder.find((row, index) => row.position < (inOrder[index - 1]?.position ?? 0));
    if (wrong !== undefined) findings.add(`event ${wrong.eventId} was handled after a later one of its key`, { rows: [wrong] });
  }
};
