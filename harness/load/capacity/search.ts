// The search for the highest rate at which the gates hold, as a pure state machine: it says which rate to try next, and is told what came of it.
// Doubling until it does not hold, then bisection, then the rate that was found once more: a rate that holds by luck is no capacity.
import type { CapacityResult, Probe, ProbeOutcome } from './capacity-result.ts';

export type SearchOptions = {
  readonly startPerSecond: number;
  readonly lowestPerSecond: number;
  readonly mostPerSecond: number;
  /** It ends when the lowest rate that missed is at most this much above the highest that held: 0.05 = 5 %. */
  readonly precision: number;
};

export type Step = { readonly ratePerSecond: number; readonly purpose: Probe['purpose'] };
export type Told = Step & { readonly outcome: ProbeOutcome };

/** A rate that held and did not when repeated is lowered by this much, so many times. */
const lowerTo = 0.9;
const lowerings = 2;

/** What to try next after all this; null: the search is over. */
export const nextStep = (told: readonly Told[], options: SearchOptions): Step | null => {
  const held = highestHeld(told);
  const missed = lowestNotHeld(told);
  const last = told.at(-1);
  if (last === undefined) return { ratePerSecond: options.startPerSecond, purpose: 'double' };
  if (isConfirming(last)) return afterConfirming(told, last, options);
  if (held === null) return downwards(missed as number, options);
  if (missed === null)
    return held >= options.mostPerSecond ? confirm(held) : { ratePerSecond: Math.min(options.mostPerSecond, held * 2), purpose: 'double' };
  return missed / held <= 1 + options.precision ? confirm(held) : { ratePerSecond: (held + missed) / 2, purpose: 'bisect' };
};

export const endOf = (
  told: readonly Told[],
  { mostPerSecond }: SearchOptions,
): Pick<CapacityResult, 'ratePerSecond' | 'missedAtPerSecond' | 'ended'> => {
  const confirmed = told.filter(({ purpose, outcome }) => purpose === 'confirm' && outcome === 'holds').at(-1);
  if (confirmed === undefined) {
    const ended = told.some(({ outcome }) => outcome === 'holds') ? 'unsteady' : 'none';
    return { ratePerSecond: null, missedAtPerSecond: lowestNotHeld(told), ended };
  }
  const { ratePerSecond } = confirmed;
  const above = told
    .filter((each) => each.outcome !== 'holds' && each.ratePerSecond >= ratePerSecond)
    .toSorted((a, b) => a.ratePerSecond - b.ratePerSecond)[0];
  const ended = above === undefined ? 'bound' : above.outcome === 'unproven' ? 'generator' : 'found';
  return { ratePerSecond, missedAtPerSecond: above?.ratePerSecond ?? null, ended: ratePerSecond >= mostPerSecond ? 'bound' : ended };
};

const confirm = (ratePerSecond: number): Step => ({ ratePerSecond, purpose: 'confirm' });

const isConfirming = ({ purpose }: Told): boolean => purpose === 'confirm' || purpose === 'lower';

/** `lower` holds for the first time and is to be confirmed; a `confirm` that holds is the end. */
const afterConfirming = (told: readonly Told[], last: Told, { lowestPerSecond }: SearchOptions): Step | null => {
  if (last.outcome === 'holds') return last.purpose === 'confirm' ? null : confirm(last.ratePerSecond);
  const lower = last.ratePerSecond * lowerTo;
  const tried = told.filter(({ purpose }) => purpose === 'lower').length;
  return tried >= lowerings || lower < lowestPerSecond ? null : { ratePerSecond: lower, purpose: 'lower' };
};

const downwards = (missed: number, { lowestPerSecond }: SearchOptions): Step | null =>
  missed <= lowestPerSecond ? null : { ratePerSecond: Math.max(lowestPerSecond, missed / 2), purpose: 'double' };

const highestHeld = (told: readonly Told[]): number | null =>
  extreme(
    told.filter(({ outcome }) => outcome === 'holds'),
    Math.max,
  );
const lowestNotHeld = (told: readonly Told[]): number | null =>
  extreme(
    told.filter(({ outcome }) => outcome !== 'holds'),
    Math.min,
  );

const extreme = (told: readonly Told[], pick: (...rates: number[]) => number): number | null =>
  told.length === 0 ? null : pick(...told.map(({ ratePerSecond }) => ratePerSecond));
