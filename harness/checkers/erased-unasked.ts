// Nothing is erased but what was asked for: each tombstone is of an object that the run asked to be erased, and of an event that was handed over before the target had
// answered that. Other checks take a tombstone for an excuse; this one sees to it that it is one.
import type { RunData } from '../engine/run-data.ts';
import { erasureClaims } from '../history/erasure-claims.ts';
import { type EventHistory, indexOf, keyOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/erased-unasked';
/** Between the driver's clock, which is monotonic from the run's zero on, and the wall's, by which evidence is dated: as much as the machine's clock may step. */
const clocksApartMs = 100;

export const erasedUnasked = (run: RunData): CheckResult => {
  const index = indexOf(run);
  const { erased } = index.rows;
  const answered = answersOf(run);
  const findings = createFindings();
  findUnasked(erased, answered, findings);
  // The first delivery of an event may be one that was cut off.
  if (run.historyComplete) findLater(index, answered, run.timeline.zeroAt, findings);
  if (findings.total === 0 && !run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state was not read back whole, so there may be more erased events than are known.');
  return concludeFrom(id, findings, {
    good:
      answered.size === 0
        ? 'Nothing was asked to be erased, and nothing is.'
        : `Of ${answered.size} objects that were asked to be erased ${erased.length} events are, and of others none.`,
    bad: `${findings.total} events were erased that nobody asked to be.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
    whenBad: mayHaveAskedMore(run) ? 'inconclusive' : 'fail',
  });
};

type Answers = ReadonlyMap<string, number>;

/** By object, when the target had answered the last request for it. Where that was not noted any event of it may be erased. */
const answersOf = (run: RunData): Answers => {
  const answered = new Map<string, number>();
  for (const claim of erasureClaims(run)) {
    const { answeredAt = Infinity } = claim;
    answered.set(keyOf(claim), Math.max(answeredAt, answered.get(keyOf(claim)) ?? 0));
  }
  return answered;
};

const findUnasked = (erased: readonly RowOf<'erased'>[], answered: Answers, findings: Findings): void => {
  for (const row of erased)
    if (!answered.has(keyOf(row)))
      findings.add(`event ${row.id} was erased, but nobody asked for that of ${row.systemName} ${row.objectId}`, { rows: [row] });
};

/** What is handed over once the answer is there is new data. What was under way may have come into the log before or after. */
const findLater = (index: RunIndex, answered: Answers, zeroAt: number, findings: Findings): void => {
  const sent = sentAs(index);
  for (const row of index.rows.erased) {
    const { operations = [] } = sent.get(row.id) ?? {};
    const lateMs = zeroAt + Math.min(...operations.map(({ handedAt }) => handedAt)) - (answered.get(keyOf(row)) ?? Infinity);
    if (operations.length > 0 && lateMs > clocksApartMs)
      findings.add(`event ${row.id} was erased, though it was handed over ${Math.round(lateMs)} ms after that was asked for its object`, {
        rows: [row],
        operations,
      });
  }
};

/** A tombstone has lost the client's id: by the id that was answered it is known whose it was. */
const sentAs = ({ events, erased }: RunIndex): ReadonlyMap<number, EventHistory> => {
  const sent = new Map<number, EventHistory>();
  if (erased.size === 0) return sent;
  for (const event of events)
    for (const { id: answered } of event.operations) if (answered !== null && erased.has(answered)) sent.set(answered, event);
  return sent;
};

/** A fault that crashed in the middle has not said what it had asked for until then. */
const mayHaveAskedMore = ({ plan, evidence }: RunData): boolean =>
  plan.scenario.faults
    .filter((fault) => fault.kind === 'operator' && fault.effect === 'erase')
    .some(({ name }) => erasureClaims({ evidence: evidence.filter(({ fault }) => fault === name) }).length === 0);
