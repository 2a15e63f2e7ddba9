// Numbers that tell one shape of traffic from another.
import type { PlannedOperation } from '../../traffic/planned-operation.ts';

export type Plan = readonly PlannedOperation[];

export const shareOf = (plan: Plan, is: (operation: PlannedOperation) => boolean): number => plan.filter(is).length / plan.length;

const variation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean;
};

/** Deviation of the gaps over their mean: 0 of a clock, 1 of a Poisson process. */
export const gapVariation = (plan: Plan): number =>
  variation(plan.slice(1).map(({ intendedAtMs }, index) => intendedAtMs - (plan[index]?.intendedAtMs ?? 0)));

/** Arrivals in each stretch of `ms`. */
export const countsPer = (ms: number, plan: Plan): readonly number[] => {
  const counts: number[] = [];
  for (const { intendedAtMs } of plan) {
    const at = Math.floor(intendedAtMs / ms);
    while (counts.length <= at) counts.push(0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
};

export const countVariation = (plan: Plan): number => variation(countsPer(100, plan));

export const shareBetween = (fromMs: number, toMs: number, plan: Plan): number =>
  shareOf(plan, ({ intendedAtMs }) => intendedAtMs >= fromMs && intendedAtMs < toMs);

/** How many rates there are, counted by the second and to one in twenty. */
export const levels = (plan: Plan): number => new Set(countsPer(1000, plan).map((count) => Math.round(count / 20))).size;

/** Share of the arrivals that are about the `most` busiest keys. */
export const hottestShare = (most: number, plan: Plan): number => {
  const ofKeys = [...Map.groupBy(plan, ({ systemName, objectId }) => `${systemName}/${objectId}`).values()].map(({ length }) => length);
  const busiest = ofKeys.toSorted((left, right) => right - left).slice(0, most);
  return busiest.reduce((sum, count) => sum + count, 0) / plan.length;
};

/** Of numbered events: the share that comes after a later one of its key. */
export const lateShare = (plan: Plan): number => {
  const latest = new Map<string, number>();
  return shareOf(plan, ({ systemName, objectId, sequence }) => {
    const [key, number] = [`${systemName}/${objectId}`, sequence ?? 0];
    const isLate = number < (latest.get(key) ?? 0);
    latest.set(key, Math.max(number, latest.get(key) ?? 0));
    return isLate;
  });
};

export const distinctClocks = (plan: Plan): number => new Set(plan.map(({ clockOffMs }) => clockOffMs ?? 0)).size;
