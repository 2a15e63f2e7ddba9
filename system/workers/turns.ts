// Whose turn it is in a batch: a key, or a tenant beside others, has so much of user code's time, and what it has beyond that is set aside, so that a backlog of
// one does not hold up the lane for all. Pure; a batch that stays within it never notices.
import type { Key } from '../stream/stream.ts';
import { keyName } from './key-order.ts';

export type Turns = {
  /** Milliseconds, of the clock by which turns are measured. */
  readonly nowMs: () => number;
  took(key: Key, ms: number): void;
  isOver(key: Key): boolean;
};

/** A tenant has many keys: as long as it is alone, setting them aside would help nobody. */
const tenantTurns = 2;

/** `hasOthers`: whether other tenants send to this lane too. */
export const createTurns = (turnMs: number, nowMs: () => number, hasOthers: (tenant: string) => boolean): Turns => {
  const ofKey = new Map<string, number>();
  const ofTenant = new Map<string, number>();
  return {
    nowMs,
    took: (key, ms) => {
      if (ms <= 0) return;
      const name = keyName(key);
      ofKey.set(name, (ofKey.get(name) ?? 0) + ms);
      ofTenant.set(key.tenant, (ofTenant.get(key.tenant) ?? 0) + ms);
    },
    isOver: (key) =>
      (ofKey.get(keyName(key)) ?? 0) >= turnMs || ((ofTenant.get(key.tenant) ?? 0) >= turnMs * tenantTurns && hasOthers(key.tenant)),
  };
};

const rememberedMs = 60_000;

/** The tenants that this thread met of late, by lane. */
export const createNeighbours = (nowMs: () => number) => {
  const seenAtMs = new Map<number, Map<string, number>>();
  return {
    met: (lane: number, tenants: Iterable<string>): void => {
      const ofLane = seenAtMs.get(lane) ?? new Map<string, number>();
      for (const tenant of tenants) ofLane.set(tenant, nowMs());
      for (const [tenant, atMs] of ofLane) if (nowMs() - atMs > rememberedMs) ofLane.delete(tenant);
      seenAtMs.set(lane, ofLane);
    },
    hasOthers: (lane: number, tenant: string): boolean => {
      const ofLane = seenAtMs.get(lane);
      return ofLane !== undefined && ofLane.size > (ofLane.has(tenant) ? 1 : 0);
    },
  };
};

export type Neighbours = ReturnType<typeof createNeighbours>;
