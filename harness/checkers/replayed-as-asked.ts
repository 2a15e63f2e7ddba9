// Each dead letter whose replay was asked for, mended, has its effect at the end and has left the park; and none was begun before its turn by the rate that was asked for.
// That it was done once, and in order with what waited behind it, is what the checks of every run say.
import type { RunData } from '../engine/run-data.ts';
import { type ReplayClaim, replayClaims } from '../history/replay-claims.ts';
import { indexOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/replayed-as-asked';

export const replayedAsAsked = (run: RunData): CheckResult => {
  if (!run.finalStateComplete) return conclude(id, 'inconclusive', 'The final state was not read back whole.');
  const claims = replayClaims(run);
  const letters = claims.reduce((sum, claim) => sum + claim.letters.length, 0);
  if (letters === 0) return conclude(id, 'inconclusive', 'No replay of a dead letter was asked for.');
  const index = indexOf(run);
  const findings = createFindings();
  for (const claim of claims) {
    findUnapplied(index, claim, findings);
    findEarly(index, claim, findings);
  }
  return concludeFrom(id, findings, {
    good: `Each of ${letters} dead letters that were replayed has its effect, and none was begun before its turn.`,
    bad: `${findings.total} dead letters were not replayed as it was asked for.`,
    measured: { value: findings.total, unit: 'dead letters', bound: '= 0' },
  });
};

const effectOf = ({ effects }: RunIndex, letter: number) => effects.get('timelines')?.get(letter);

const findUnapplied = (index: RunIndex, { letters }: ReplayClaim, findings: Findings): void => {
  const held = new Map(index.rows.parked.filter(({ processor }) => processor === 'timelines').map((row) => [row.id, row]));
  for (const letter of letters) {
    const row = held.get(letter);
    if (row !== undefined)
      findings.add(`event ${letter} was mended and replayed, and is in the park (${row.reasonCode ?? 'it waits'})`, { rows: [row] });
    else if (effectOf(index, letter) === undefined)
      findings.add(`event ${letter} was mended and replayed, and has no effect`, { rows: [index.logById.get(letter) ?? []].flat() });
  }
};

/** At most n + 1 may have been begun n turns after it was asked for. When they were begun nobody says but the target; when they were done stands in its tables. */
const findEarly = (index: RunIndex, { letters, askedAt, ratePerSecond }: ReplayClaim, findings: Findings): void => {
  const done = letters.flatMap((letter) => effectOf(index, letter) ?? []).toSorted((a, b) => a.appliedAt - b.appliedAt);
  for (const [place, row] of done.entries()) {
    const dueAt = askedAt + (place * 1000) / ratePerSecond;
    if (row.appliedAt < dueAt)
      findings.add(
        `${place + 1} dead letters were replayed ${Math.round(row.appliedAt - askedAt)} ms after it was asked for, at ${ratePerSecond} a second at most`,
        { rows: [row] },
      );
  }
};
