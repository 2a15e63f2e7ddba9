// Ingest takes nothing more once the database holds its stated budget: a disk that is full stops the database itself, and with it all that could make room.
import { SystemError } from '../contract/system-error.ts';
import type { Scheduler } from './scheduler.ts';
import { type Refusal, refuse } from './refusal.ts';

export type DiskBudgetOptions = {
  /** Bytes; 0: no budget, and nothing is ever refused for it. */
  readonly limitBytes: number;
  /** Bytes that the database takes on disk. Rejects while that can't be known, in bounded time: the last reading counts on. */
  readonly measure: () => Promise<number>;
  readonly scheduler: Scheduler;
  /** The first of several failed looks in a row. */
  readonly onFailure: (error: unknown) => void;
  readonly onChange: (state: 'used up' | 'room again', usedBytes: number) => void;
  readonly everyMs?: number;
};

export type DiskBudget = Disposable & {
  /** Why nothing is taken just now; null: there is room. */
  readonly refusal: () => Refusal | null;
  /** NaN until it was measured: absent, never 0. */
  readonly usedBytes: () => number;
};

/** At 50 MB/s it is overrun by 100 MB at most: a budget leaves more than that of its disk. */
const defaultEveryMs = 2000;

/** Once refused, some room must be there before it takes again, or it would flap with each event. */
const roomAgainShare = 0.98;

/**
 * Measures once before it resolves, and again every two seconds until it is disposed of. Rejects with FL_DATABASE_UNREACHABLE where there is a budget and the
 * first look at it fails: it would be kept by nobody.
 */
export const startDiskBudget = async (options: DiskBudgetOptions): Promise<DiskBudget> => {
  const { limitBytes, measure, scheduler, onFailure, onChange, everyMs = defaultEveryMs } = options;
  let usedBytes = Number.NaN;
  let usedUp = false;
  let stopped = false;
  let hasFailed = false;
  let next: Disposable | null = null;
  const look = async () => {
    usedBytes = await measure();
    const before = usedUp;
    usedUp = limitBytes > 0 && usedBytes >= limitBytes * (usedUp ? roomAgainShare : 1);
    if (usedUp !== before) onChange(usedUp ? 'used up' : 'room again', usedBytes);
  };
  const lookAgain = async () => {
    try {
      await look();
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) onFailure(error);
      hasFailed = true;
    }
  };
  /** One look after the other: a slow database is not asked twice at once. */
  const lookOn = () => {
    if (!stopped) next = scheduler.after(everyMs, () => void lookAgain().then(lookOn));
  };
  await (limitBytes > 0 ? look().catch(unmeasured) : lookAgain());
  lookOn();
  return {
    refusal: () => (usedUp ? refuse('disk_budget_used', messageOf(usedBytes, limitBytes)) : null),
    usedBytes: () => usedBytes,
    [Symbol.dispose]: () => {
      stopped = true;
      next?.[Symbol.dispose]();
    },
  };
};

const unmeasured = (cause: unknown): never => {
  throw new SystemError(
    'FL_DATABASE_UNREACHABLE',
    `FAULTLINE_DISK_BUDGET_BYTES is set, and how much the database takes on disk can't be measured: ${(cause as Error).message}`,
    { cause },
  );
};

const messageOf = (usedBytes: number, limitBytes: number) =>
  `The database takes ${usedBytes} bytes of the ${limitBytes} that FAULTLINE_DISK_BUDGET_BYTES allows: nothing was stored. Retry once there is room.`;
