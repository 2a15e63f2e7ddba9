// Who should have how many lanes of one processor: an even share among the workers that live, with as few moves as possible. Pure, so that all
// workers come to the same answer from the same rows.
import type { LeaseView, Survey } from './lease-store.ts';

export type Share = {
  /** Lanes to take now: free ones, or such whose time ran out. */
  readonly take: readonly LeaseView[];
  /** How many to give back. Nothing is ever taken from a worker that lives. */
  readonly giveBack: number;
};

export const planShare = (me: string, workers: Survey['workers'], leases: readonly LeaseView[]): Share => {
  const live = [...new Set([...workers, me])].toSorted();
  const holds = new Map(live.map((worker) => [worker, 0]));
  const free: LeaseView[] = [];
  for (const lease of leases) {
    if (lease.owner === null || lease.expired) free.push(lease);
    else if (holds.has(lease.owner)) holds.set(lease.owner, holds.get(lease.owner)! + 1);
  }
  const target = targetOf(me, holds, leases.length);
  const mine = holds.get(me)!;
  return { take: pick(free, live.indexOf(me), target - mine), giveBack: Math.max(0, mine - target) };
};

/** The odd lanes stay with those who have most already. */
const targetOf = (me: string, holds: ReadonlyMap<string, number>, laneCount: number): number => {
  const order = [...holds].toSorted(([a, has], [b, hasB]) => hasB - has || (a < b ? -1 : 1)).map(([worker]) => worker);
  const least = Math.floor(laneCount / order.length);
  return least + (order.indexOf(me) < laneCount % order.length ? 1 : 0);
};

/** Each worker begins at another place, so that they do not all ask for the same lanes first. */
const pick = (free: readonly LeaseView[], rank: number, count: number): readonly LeaseView[] => {
  if (count <= 0 || free.length === 0) return [];
  const start = (rank * count) % free.length;
  return [...free.slice(start), ...free.slice(0, start)].slice(0, count);
};
