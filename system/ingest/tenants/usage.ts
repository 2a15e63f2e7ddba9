// What each tenant appended, counted in memory and added to the database every few seconds: no request waits for it. A process that is killed takes its last seconds of
// counting along: a quota of storage is held to about, and the log itself is exact.
import type { Scheduler } from '../scheduler.ts';

export type Appended = { readonly events: number; readonly bytes: number };

export type UsageOptions = {
  /** Adds these, all or none of them, and answers how many bytes the log holds of each tenant. Settles in bounded time. */
  readonly add: (appended: ReadonlyMap<string, Appended>) => Promise<ReadonlyMap<string, number>>;
  readonly scheduler: Scheduler;
  readonly onFailure: (error: unknown) => void;
  readonly everyMs?: number;
};

export type Usage = AsyncDisposable & {
  /** One event, committed to the log. */
  appended(tenant: string, bytes: number): void;
  /** By all processes when they were last asked, and by this one since. */
  storedBytes(tenant: string): number;
  /** Milliseconds until the next look. */
  againMs(): number;
};

const defaultEveryMs = 5000;

/** Looks once before it resolves, and rejects where that fails: who has no reading knows of no quota of storage. Disposing adds what is left. */
export const startUsage = async ({ add, scheduler, onFailure, everyMs = defaultEveryMs }: UsageOptions): Promise<Usage> => {
  let pending = new Map<string, Appended>();
  /** On their way to the database: in neither of the two others, and stored all the same. */
  let adding: ReadonlyMap<string, Appended> = new Map();
  let stored: ReadonlyMap<string, number> = new Map();
  let lookedAtMs = scheduler.nowMs();
  let next: Disposable | null = null;
  let looking: Promise<void> = Promise.resolve();
  let hasFailed = false;
  const look = async (): Promise<void> => {
    adding = pending;
    pending = new Map();
    try {
      stored = await add(adding);
    } catch (error) {
      for (const [tenant, appended] of adding) pending.set(tenant, plus(pending.get(tenant), appended));
      throw error;
    } finally {
      adding = new Map();
      lookedAtMs = scheduler.nowMs();
    }
  };
  const lookAgain = async (): Promise<void> => {
    try {
      await look();
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) onFailure(error);
      hasFailed = true;
    }
  };
  const lookOn = (): void => {
    next = scheduler.after(everyMs, () => {
      looking = lookAgain().then(lookOn);
    });
  };
  await look();
  lookOn();
  return {
    appended: (tenant, bytes) => void pending.set(tenant, plus(pending.get(tenant), { events: 1, bytes })),
    storedBytes: (tenant) => (stored.get(tenant) ?? 0) + (adding.get(tenant)?.bytes ?? 0) + (pending.get(tenant)?.bytes ?? 0),
    againMs: () => Math.max(0, lookedAtMs + everyMs - scheduler.nowMs()),
    [Symbol.asyncDispose]: async () => {
      await looking;
      next?.[Symbol.dispose]();
      if (pending.size > 0) await lookAgain();
    },
  };
};

const plus = (one: Appended | undefined, other: Appended): Appended => ({
  events: (one?.events ?? 0) + other.events,
  bytes: (one?.bytes ?? 0) + other.bytes,
});
