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
/** A probe that proved nothing is made once more: the machine may have been busy for a moment. */
const triesOfUnproven = 2;
/** A miss while doubling bounds all that comes after it: one hiccup at a low rate must not hide all the rates above. */
const triesOfCeiling = 2;

/** What to try next after all this; null: the search is over. */
export const nextStep = (told: readonly Told[], options: SearchOptions): Step | null => {
  const last = told.at(-1);
  if (last === undefined) return { ratePerSecond: options.startPerSecond, purpose: 'double' };
  if (last.outcome === 'unproven' && timesOf('unproven', told, last) < triesOfUnproven) return stepOf(last);
  if (last.purpose === 'double' && last.outcome === 'missed' && timesOf('missed', told, last) < triesOfCeiling) return stepOf(last);
  if (isConfirming(last)) return afterConfirming(told, last, options);
  const held = highestHeld(told);
  const above = lowestNotHeld(told);
  if (held === null) return last.outcome === 'missed' ? downwards(last.ratePerSecond, options) : null;
  if (above === null) return upwards(held, options);
  return above.ratePerSecond / held <= 1 + options.precision
    ? confirm(held)
    : { ratePerSecond: (held + above.ratePerSecond) / 2, purpose: 'bisect' };
};

/** Of a search that is over, or that had no time for its next step. */
export const endOf = (
  told: readonly Told[],
  options: SearchOptions,
): Pick<CapacityResult, 'ratePerSecond' | 'missedAtPerSecond' | 'ended'> => {
  const confirmed = told.filter(({ purpose, outcome }) => purpose === 'confirm' && outcome === 'holds').at(-1);
  if (confirmed === undefined)
    return { ratePerSecond: null, missedAtPerSecond: lowestNotHeld(told)?.ratePerSecond ?? null, ended: whyNone(told, options) };
  const { ratePerSecond } = confirmed;
  const above = lowest(settled(told).filter((each) => each.outcome !== 'holds' && each.ratePerSecond > ratePerSecond));
  if (above === null || ratePerSecond >= options.mostPerSecond)
    return { ratePerSecond, missedAtPerSecond: above?.ratePerSecond ?? null, ended: 'bound' };
  return { ratePerSecond, missedAtPerSecond: above.ratePerSecond, ended: above.outcome === 'missed' ? 'found' : 'generator' };
};

/** Only what was seen to be missed says that the target holds nothing. */
const whyNone = (told: readonly Told[], options: SearchOptions): CapacityResult['ended'] => {
  if (nextStep(told, options) !== null) return 'time';
  if (told.some(({ outcome }) => outcome === 'holds')) return 'unsteady';
  return told.at(-1)?.outcome === 'missed' ? 'none' : 'generator';
};

const stepOf = ({ ratePerSecond, purpose }: Step): Step => ({ ratePerSecond, purpose });

const confirm = (ratePerSecond: number): Step => ({ ratePerSecond, purpose: 'confirm' });

const isConfirming = ({ purpose }: Told): boolean => purpose === 'confirm' || purpose === 'lower';

/** `lower` holds for the first time and is to be confirmed; a `confirm` that holds is the end. */
const afterConfirming = (told: readonly Told[], last: Told, { lowestPerSecond }: SearchOptions): Step | null => {
  if (last.outcome === 'holds') return last.purpose === 'confirm' ? null : confirm(last.ratePerSecond);
  const lower = last.ratePerSecond * lowerTo;
  const tried = new Set(told.filter(({ purpose }) => purpose === 'lower').map(({ ratePerSecond }) => ratePerSecond)).size;
  return tried >= lowerings || lower < lowestPerSecond ? null : { ratePerSecond: lower, purpose: 'lower' };
};

const upwards = (held: number, { mostPerSecond }: SearchOptions): Step =>
  held >= mostPerSecond ? confirm(held) : { ratePerSecond: Math.min(mostPerSecond, held * 2), purpose: 'double' };

const downwards = (missed: number, { lowestPerSecond }: SearchOptions): Step | null =>
  missed <= lowestPerSecond ? null : { ratePerSecond: Math.max(lowestPerSecond, missed / 2), purpose: 'double' };

const timesOf = (outcome: ProbeOutcome, told: readonly Told[], { ratePerSecond, purpose }: Told): number =>
  told.filter((each) => each.outcome === outcome && each.ratePerSecond === ratePerSecond && each.purpose === purpose).length;

/** The last word on each rate. */
const settled = (told: readonly Told[]): readonly Told[] => [...new Map(told.map((each) => [each.ratePerSecond, each])).values()];

const highestHeld = (told: readonly Told[]): number | null => {
  const held = settled(told).filter(({ outcome }) => outcome === 'holds');
  return held.length === 0 ? null : Math.max(...held.map(({ ratePerSecond }) => ratePerSecond));
};

const lowestNotHeld = (told: readonly Told[]): Told | null => lowest(settled(told).filter(({ outcome }) => outcome !== 'holds'));

const lowest = (told: readonly Told[]): Told | null =>
  told.reduce<Told | null>((least, each) => (least === null || each.ratePerSecond < least.ratePerSecond ? each : least), null);
