// How far the lanes of a version may be read while the log is replayed into it. A lane that was taken under such a limit follows the limit alone, never the log's
// head, so that the end of a replay is kept to the event. Costs nothing while no lane is under one.
import type { StreamReader } from '../stream/stream.ts';
import { type LaneId, laneName, type Tenure } from './checkpoint.ts';
import type { LaneHost } from './lease-keeper.ts';

export type ReplayLimitStore = {
  /** How far each of these lanes may be read now. */
  limits(lanes: readonly LaneId[]): Promise<readonly (LaneId & { readonly limit: number })[]>;
};

export type Heads = ReadonlyMap<number, number>;

export type ReplayLimits = {
  /** The heads of the log, and with them the limits. */
  readonly stream: Pick<StreamReader, 'heads'>;
  /** The same host, whose lanes are known here. */
  watch(host: LaneHost): LaneHost;
  /** How far a lane may be read, by what was read last. */
  headOf(tenure: Tenure, heads: Heads): number;
};

export const createReplayLimits = (stream: Pick<StreamReader, 'heads'>, store: ReplayLimitStore): ReplayLimits => {
  const limited = new Map<string, { readonly tenure: Tenure; limit: number }>();
  return {
    stream: {
      heads: async () => {
        if (limited.size === 0) return stream.heads();
        const tenures = [...limited.values()].map(({ tenure }) => tenure);
        const [heads, limits] = await Promise.all([stream.heads(), store.limits(tenures)]);
        for (const { limit, ...lane } of limits) {
          const one = limited.get(laneName(lane));
          if (one !== undefined) one.limit = limit;
        }
        return heads;
      },
    },
    watch: (host) => ({
      start: (lease) => {
        const name = laneName(lease);
        limited.delete(name);
        // What it may read when it was taken is its head, which the store has limited.
        if (lease.isLimited) limited.set(name, { tenure: lease, limit: lease.head });
        host.start(lease);
      },
      stop: async (tenure) => {
        await host.stop(tenure);
        const name = laneName(tenure);
        if (limited.get(name)?.tenure.epoch === tenure.epoch) limited.delete(name);
      },
    }),
    headOf: (tenure, heads) => limited.get(laneName(tenure))?.limit ?? heads.get(tenure.lane) ?? 0,
  };
};
