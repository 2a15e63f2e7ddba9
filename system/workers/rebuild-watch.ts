// Knows which versions are being built, and how fast they may be: quicker while live events are fresh, half as fast as soon as one waits for longer than its
// budget. Each worker finds its own pace from the same figure.
import type { LaneId } from './checkpoint.ts';
import { createBackOff } from './back-off.ts';
import type { BuildingVersion, RebuildStore } from './rebuild-store.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { WorkerClock } from './worker-clock.ts';

export type RebuildWatch = {
  run(signal: AbortSignal): Promise<void>;
  isBuilding(lane: Pick<LaneId, 'processor' | 'version'>): boolean;
  /** Known before the first look: a lane that begins must not be taken for a live one. */
  note(lane: LaneId): void;
  /** Events a second for all lanes of a building version that this worker holds; above 0. */
  rateOf(lane: Pick<LaneId, 'processor' | 'version'>): number;
  /** Telemetry for which events of a building version are neither fresh nor stale: they were accepted long ago. */
  quieten(telemetry: WorkerTelemetry): WorkerTelemetry;
};

export type RebuildWatchOptions = {
  readonly store: RebuildStore;
  readonly budgetMs: number;
  readonly held: () => readonly LaneId[];
  readonly clock: WorkerClock;
  readonly random?: () => number;
  readonly onError: (error: unknown) => void;
};

const busyMs = 250;
const quietMs = 1000;
/** Of one worker, events a second. */
const firstRate = 500;
const lowestRate = 20;
const highestRate = 100_000;
const faster = 1.15;
const slower = 0.5;

/** Between half the budget and all of it the pace stays. */
export const nextRate = (rate: number, liveLagSeconds: number, budgetMs: number): number => {
  const lagMs = liveLagSeconds * 1000;
  if (lagMs > budgetMs) return Math.max(lowestRate, rate * slower);
  return lagMs > budgetMs / 2 ? rate : Math.min(highestRate, rate * faster);
};

const nameOf = ({ processor, version }: Pick<LaneId, 'processor' | 'version'>) => `${processor}/${version}`;

export const createRebuildWatch = ({ store, budgetMs, held, clock, random = Math.random, onError }: RebuildWatchOptions): RebuildWatch => {
  let building = new Map<string, BuildingVersion | null>();
  let rate = firstRate;
  const isBuilding: RebuildWatch['isBuilding'] = (lane) => building.has(nameOf(lane));
  const look = async () => {
    const seen = await store.look();
    building = new Map(seen.building.map((version) => [nameOf(version), version]));
    rate = building.size === 0 ? firstRate : nextRate(rate, seen.liveLagSeconds, budgetMs);
  };
  return {
    run: async (signal) => {
      const backOff = createBackOff(random, { firstMs: busyMs, longestMs: quietMs });
      while (!signal.aborted) {
        let waitMs: number;
        try {
          await look();
          waitMs = building.size === 0 ? quietMs : busyMs;
          backOff.reset();
        } catch (error) {
          onError(error);
          // Nothing is known of the live lanes: slowly, as if they were late.
          rate = nextRate(rate, Infinity, budgetMs);
          waitMs = backOff.nextMs();
        }
        await clock.sleep(waitMs, signal).catch(() => {});
      }
    },
    isBuilding,
    note: (lane) => {
      if (!isBuilding(lane)) building.set(nameOf(lane), null);
    },
    rateOf: (lane) => {
      const known = building.get(nameOf(lane));
      if (known === undefined || known === null || known.ratePerSecond === 0) return rate;
      const lanes = held().filter((one) => nameOf(one) === nameOf(lane)).length;
      return Math.min(rate, (known.ratePerSecond * Math.max(1, lanes)) / known.laneCount);
    },
    quieten: (telemetry) => ({
      ...telemetry,
      finished: (tenure, batch) => {
        if (!isBuilding(tenure)) return telemetry.finished(tenure, batch);
        telemetry.finished(tenure, { ...batch, receivedAtMs: [], traced: [] });
      },
    }),
  };
};
