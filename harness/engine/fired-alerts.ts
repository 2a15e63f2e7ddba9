// The alerts that fired in a run, for its verdict and the reports: by name, whatever their labels, in seconds since the run's zero.
import type { AlertInterval, RunData } from './run-data.ts';

export type FiredAlert = {
  readonly alert: string;
  readonly severity: string;
  /** `toSeconds` null: it still fired at the end. */
  readonly firing: readonly { readonly fromSeconds: number; readonly toSeconds: number | null }[];
};

/** In the order in which they first fired. The one that always fires says nothing here. */
export const firedAlerts = ({ alerts, timeline }: Pick<RunData, 'alerts' | 'timeline'>): readonly FiredAlert[] => {
  if (alerts === null) return [];
  const fired = alerts.alerts.filter(({ alert, firing }) => alert !== alerts.heartbeat && firing.length > 0);
  const since = (at: number): number => Math.round((at - timeline.zeroAt) / 100) / 10;
  return [...Map.groupBy(fired, ({ alert }) => alert)]
    .map(([alert, same]) => ({
      alert,
      severity: same[0]?.labels['severity'] ?? '',
      firing: union(same.flatMap(({ firing }) => firing)).map(({ from, to }) => ({
        fromSeconds: since(from),
        toSeconds: to === null ? null : since(to),
      })),
    }))
    .toSorted((left, right) => (left.firing[0]?.fromSeconds ?? 0) - (right.firing[0]?.fromSeconds ?? 0));
};

const union = (intervals: readonly AlertInterval[]): readonly AlertInterval[] => {
  const merged: AlertInterval[] = [];
  for (const { from, to } of intervals.toSorted((left, right) => left.from - right.from)) {
    const last = merged.at(-1);
    if (last === undefined || (last.to !== null && last.to < from)) merged.push({ from, to });
    else merged[merged.length - 1] = { from: last.from, to: last.to === null || to === null ? null : Math.max(last.to, to) };
  }
  return merged;
};
