// Keeps this worker's fair share of the lanes: takes what is free, renews what it has, gives back what is too much, and lets go of what it lost.
// It never decides that a lane may be written: that is the epoch's, in the database.
import { createBackOff } from './back-off.ts';
import { laneName, type LaneId, type Tenure } from './checkpoint.ts';
import { planShare } from './fair-share.ts';
import type { AcquiredLease, LeaseStore, LeaseView, LostLease, Survey } from './lease-store.ts';
import type { WorkerClock } from './worker-clock.ts';

/** What runs the lanes. */
export type LaneHost = {
  start(lease: AcquiredLease): void;
  /** Resolves when the batch in hand is done, whichever way. */
  stop(tenure: Tenure): Promise<void>;
};

export type LeaseKeeperOptions = {
  readonly worker: string;
  readonly store: LeaseStore;
  readonly lanes: LaneHost;
  readonly leaseMs: number;
  readonly clock: WorkerClock;
  readonly random: () => number;
  /** Resolves when lanes that have work were told so, in a round that began after the call. */
  readonly afterRound: () => Promise<void>;
  readonly onAcquired: (lease: AcquiredLease) => void;
  readonly onReleased: (tenures: readonly Tenure[]) => void;
  readonly onLost: (lease: LostLease) => void;
  readonly onError: (what: string, error: unknown) => void;
};

export type LeaseKeeper = {
  /** Runs until aborted; the leases stay until `giveBackAll`. */
  run(signal: AbortSignal): Promise<void>;
  /** The lane is another's: forget it. */
  forget(tenure: Tenure): void;
  readonly held: () => readonly Tenure[];
  /** When the lease was last asked for, of what was then answered as ours: nobody else has it within its time from there. Not ours: -Infinity. */
  provenAtMs(tenure: Tenure): number;
  /** Stops every lane and gives all leases back. */
  giveBackAll(): Promise<void>;
};

const surveyMs = (leaseMs: number) => Math.min(200, leaseMs / 15);
const renewMs = (leaseMs: number) => leaseMs / 4;
/** A renewal that is in time waits no longer than this for the round that goes before it. */
const longestRoundMs = 50;

/** How long a graceful stop waits for lanes, and for the database. */
const longestStopMs = 2000;

type Held = { readonly tenure: Tenure; leaving: boolean; provenAtMs: number };

export const createLeaseKeeper = (options: LeaseKeeperOptions): LeaseKeeper => {
  const { store, lanes, clock, leaseMs } = options;
  let renewedAtMs = clock.nowMs();
  const held = new Map<string, Held>();
  const told = createRetiredAlarm(options);

  const drop = (tenure: Tenure) => {
    if (ownOf(held, tenure) !== undefined) held.delete(laneName(tenure));
  };
  const acquire = async (wanted: readonly LaneId[]) => {
    // A lane that is not quite stopped must not be started a second time.
    const free = wanted.filter((lane) => !held.has(laneName(lane)));
    if (free.length === 0) return;
    const provenAtMs = clock.nowMs();
    for (const lease of await store.acquire(free)) {
      const { processor, version, lane, epoch } = lease;
      held.set(laneName(lease), { tenure: { processor, version, lane, epoch }, leaving: false, provenAtMs });
      options.onAcquired(lease);
      lanes.start(lease);
    }
  };
  const giveBack = async (tenures: readonly Tenure[]) => {
    for (const tenure of tenures) held.get(laneName(tenure))!.leaving = true;
    await Promise.all(tenures.map((tenure) => lanes.stop(tenure)));
    // A lane that is stopped must not be renewed: where the release failed its lease runs out, and another takes it.
    await store.release(tenures).finally(() => tenures.forEach(drop));
    options.onReleased(tenures);
  };
  const share = async (survey: Survey) => {
    const { wanted, excess } = planAll(options.worker, survey, held);
    await Promise.all([acquire(wanted), excess.length === 0 ? null : giveBack(excess)]);
  };
  const letGo = async (lost: LostLease) => {
    const own = ownOf(held, lost);
    if (own === undefined) return;
    own.leaving = true;
    options.onLost(lost);
    await lanes.stop(own.tenure);
    drop(own.tenure);
  };
  const renew = async () => {
    // A worker that was paused first lets its lanes meet the database with what they hold, then learns that it was late. When it is late already
    // there is no hurry; else the renewal waits for nobody for long.
    const isLate = clock.nowMs() - renewedAtMs > leaseMs;
    await Promise.race([options.afterRound(), clock.sleep(isLate ? leaseMs / 2 : longestRoundMs)]);
    renewedAtMs = clock.nowMs();
    for (const lost of await renewAll(options, held))
      void letGo(lost).catch((error: unknown) => options.onError('let go of a lane', error));
  };
  return {
    run: async (signal) => {
      const surveying = repeat(options, 'share the lanes', surveyMs(options.leaseMs), () => store.survey().then(told).then(share), signal);
      const renewing = repeat(options, 'renew the leases', renewMs(options.leaseMs), renew, signal);
      await Promise.all([surveying, renewing]);
    },
    forget: drop,
    held: () => [...held.values()].map(({ tenure }) => tenure),
    provenAtMs: (tenure) => ownOf(held, tenure)?.provenAtMs ?? -Infinity,
    giveBackAll: async () => {
      const all = [...held.values()];
      for (const one of all) one.leaving = true;
      // A batch that does not end by then is rolled back when its connection goes; the next owner's epoch keeps it out meanwhile.
      await Promise.race([Promise.all(all.map(({ tenure }) => lanes.stop(tenure))), clock.sleep(longestStopMs)]);
      // Where the database is out of reach the leases run out by themselves.
      const left = store.leave().then(() => options.onReleased(all.map(({ tenure }) => tenure)));
      await Promise.race([left, clock.sleep(longestStopMs)]).catch((error: unknown) => options.onError('give the leases back', error));
      held.clear();
    },
  };
};

/** Of that epoch. */
const ownOf = (held: ReadonlyMap<string, Held>, tenure: Tenure): Held | undefined => {
  const own = held.get(laneName(tenure));
  return own?.tenure.epoch === tenure.epoch ? own : undefined;
};

/** Returns what is lost. The rest is proven from when it was asked for: what its time begins with on the database's clock came after that. */
const renewAll = async ({ store, clock }: LeaseKeeperOptions, held: ReadonlyMap<string, Held>) => {
  const tenures = [...held.values()].map(({ tenure }) => tenure);
  if (tenures.length === 0) return [];
  const askedAtMs = clock.nowMs();
  const lost = await store.renew(tenures);
  const names = new Set(lost.map(laneName));
  for (const tenure of tenures) {
    const own = names.has(laneName(tenure)) ? undefined : ownOf(held, tenure);
    if (own !== undefined) own.provenAtMs = askedAtMs;
  }
  return lost;
};

/** Once for each change of what is retired. */
const createRetiredAlarm = ({ onError }: LeaseKeeperOptions) => {
  let told = '';
  return (survey: Survey): Survey => {
    const names = survey.retired.map(({ processor, version }) => `'${processor}' version ${version}`).join(', ');
    const message = `${names}: a newer version goes on, and no worker with this one was seen for a minute. Restart this worker, and it is taken up again.`;
    if (names !== '' && names !== told) onError('run what was retired', new Error(message));
    told = names;
    return survey;
  };
};

const repeat = async (
  { clock, random, onError }: LeaseKeeperOptions,
  what: string,
  everyMs: number,
  step: () => Promise<void>,
  signal: AbortSignal,
) => {
  const backOff = createBackOff(random, { longestMs: 500 });
  while (!signal.aborted) {
    let waitMs = everyMs;
    try {
      await step();
      backOff.reset();
    } catch (error) {
      onError(what, error);
      waitMs = backOff.nextMs();
    }
    await clock.sleep(waitMs, signal).catch(() => {});
  }
};

/** Of each version of a processor its own share, among those that can run it. What the survey has no more was given up. */
const planAll = (worker: string, survey: Survey, held: ReadonlyMap<string, Held>) => {
  const wanted: LaneId[] = [];
  const excess: Tenure[] = [];
  const byVersion = Map.groupBy(survey.leases, versionName);
  for (const leases of byVersion.values()) {
    const able = survey.workers.filter((one) => canRun(survey, one, leases[0]!));
    if (!canRun(survey, worker, leases[0]!)) {
      excess.push(...pickExcess(leases[0]!, leases.length, held));
      continue;
    }
    const plan = planShare(worker, able, leases);
    wanted.push(...plan.take);
    if (plan.giveBack > 0) excess.push(...pickExcess(leases[0]!, plan.giveBack, held));
  }
  for (const { tenure, leaving } of held.values()) if (!leaving && !byVersion.has(versionName(tenure))) excess.push(tenure);
  return { wanted, excess };
};

const versionName = ({ processor, version }: LaneId) => `${processor}/${version}`;

const canRun = ({ codes }: Survey, worker: string, { needs }: LeaseView): boolean =>
  needs === null || (codes.get(worker)?.has(needs) ?? false);

/** The last lanes first; any would do. */
const pickExcess = ({ processor, version }: LaneId, count: number, held: ReadonlyMap<string, Held>): readonly Tenure[] =>
  [...held.values()]
    .filter(({ tenure, leaving }) => !leaving && tenure.processor === processor && tenure.version === version)
    .map(({ tenure }) => tenure)
    .toSorted((a, b) => b.lane - a.lane)
    .slice(0, count);
