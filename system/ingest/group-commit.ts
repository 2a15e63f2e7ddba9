// Many requests, few commits: a byte-bounded queue before one or more commits side by side, each of lanes of its own.
import type { AppendRequest, StreamWriter } from '../stream/stream.ts';
import { commitBatch, type CommitOutcome } from './commit-batch.ts';
import {
  addWaiting,
  type BatchLimits,
  chooseCommits,
  createLaneGroups,
  isFull,
  type LaneGroup,
  passOver,
  takeBatch,
  takeOverdue,
} from './lane-groups.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Scheduler } from './scheduler.ts';
import { createFairRoom } from './tenants/fair-room.ts';

export type FlushLimits = BatchLimits & {
  /** How long the first of what waits stays for company before it is committed, as long as there is not enough for a commit. */
  readonly flushLingerMs: number;
};

export type GroupCommitOptions = FlushLimits & {
  readonly writer: StreamWriter;
  readonly laneOf: (request: AppendRequest) => number;
  /** Lane groups, and so the most commits side by side. */
  readonly flushers: number;
  readonly queueLimitBytes: number;
  /** Whether there are tenants to share the queue with; by default the one has it all. */
  readonly isShared?: () => boolean;
  readonly commitTimeoutMs: number;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly onFlush: (seconds: number, events: number) => void;
  readonly onFailure: (error: unknown, events: number) => void;
  readonly onCommit: () => void;
};

export type Room = {
  /** Never rejects. Gives the room back when the outcome is known: within twice the time of a commit from the reserve on, or at once where more has gone by. */
  submit(request: AppendRequest): Promise<CommitOutcome>;
  /** Takes so many bytes more; false: there is no room for them, and what was taken is still held. */
  grow(bytes: number): boolean;
  release(): void;
};

export type GroupCommit = {
  /** Room for an event of so many bytes in the queue, before anything is done for it; null: it is full, or the tenant's share is. The caller uses or releases it, once. */
  reserve(tenant: string, eventBytes: number): Room | null;
  readonly queueBytes: () => number;
  /** Commits what waits and resolves when nothing does. The caller stops submitting first. */
  readonly drain: () => Promise<void>;
};

/** What a waiting request costs beside its body, about. */
const overheadBytes = 512;

export const createGroupCommit = (options: GroupCommitOptions): GroupCommit => {
  const groups = createLaneGroups(options.flushers);
  const pump = createPump(groups, options);
  const idle = createIdleSignal();
  let arrivals = 0;
  const held = createFairRoom({ limitBytes: options.queueLimitBytes, isShared: options.isShared ?? (() => false) });
  return {
    reserve: (tenant, eventBytes) => {
      let bytes = eventBytes + overheadBytes;
      // An empty queue takes any event, or one larger than the limit could never come in.
      if (!held.take(tenant, bytes)) return null;
      const sinceMs = options.scheduler.nowMs();
      const release = () => {
        held.giveBack(tenant, bytes);
        if (held.heldBytes() === 0) idle.tell();
      };
      const submit = (request: AppendRequest) =>
        new Promise<CommitOutcome>((resolve) => {
          const settle = (outcome: CommitOutcome) => {
            release();
            resolve(outcome);
          };
          addWaiting(groups[options.laneOf(request) % groups.length]!, {
            request,
            arrival: (arrivals += 1),
            bytes,
            sinceMs,
            settle,
          });
          pump.wake();
        });
      const grow = (more: number) => {
        // As above: what is alone in the queue may be of any size.
        if (!held.grow(tenant, bytes, more)) return false;
        bytes += more;
        return true;
      };
      return { submit, grow, release };
    },
    queueBytes: held.heldBytes,
    drain: async () => {
      pump.hurry();
      if (held.heldBytes() > 0) await idle.next();
    },
  };
};

/** Behind commits that take all of their time: whoever waits must hear by twice that, and not when it is its turn at last. */
const waitedTooLong = (): Refusal =>
  refuse('storage_unavailable', 'Nothing was stored: it has waited for a commit for as long as one may take. Retry.');

export const overloaded = (): Refusal => refuse('overloaded', 'Too much waits for a commit: nothing was stored. Wait for Retry-After.');

/**
 * Begins commits: when the first of what waits has lingered, or there is enough for a commit, and again whenever one has ended. Without a linger at
 * once for all that came in together.
 */
const createPump = (groups: readonly LaneGroup[], options: GroupCommitOptions) => {
  const { scheduler, flushLingerMs } = options;
  let next: 'none' | 'lingering' | 'soon' = 'none';
  let isHurried = false;
  let waitingSinceMs: number | null = null;
  let lingering: Disposable | null = null;

  const onEnd = (): void => {
    passOver(groups);
    schedule();
  };
  const run = (): void => {
    next = 'none';
    lingering?.[Symbol.dispose]();
    for (const { settle } of takeOverdue(groups, scheduler.nowMs() - options.commitTimeoutMs)) settle(waitedTooLong());
    for (const chosen of chooseCommits(groups, options)) void commitGroups(chosen, options).then(onEnd);
    if (groups.every(({ queue }) => queue.length === 0)) waitingSinceMs = null;
  };
  const lingerLeftMs = (): number => {
    if (flushLingerMs === 0 || isHurried || isFull(groups, options)) return 0;
    return Math.max(0, (waitingSinceMs ?? 0) + flushLingerMs - scheduler.nowMs());
  };
  const schedule = (): void => {
    if (next === 'soon' || groups.every(({ queue }) => queue.length === 0)) return;
    const leftMs = lingerLeftMs();
    if (leftMs === 0) {
      next = 'soon';
      scheduler.soon(run);
    } else if (next === 'none') {
      next = 'lingering';
      lingering = scheduler.after(leftMs, run);
    }
  };
  return {
    wake: () => {
      waitingSinceMs ??= scheduler.nowMs();
      schedule();
    },
    hurry: () => {
      isHurried = true;
      schedule();
    },
  };
};

const commitGroups = async (groups: readonly LaneGroup[], options: GroupCommitOptions): Promise<void> => {
  const batch = takeBatch(groups, options);
  for (const group of groups) group.isCommitting = true;
  const startedAtMs = options.scheduler.nowMs();
  const outcomes = await commitBatch(
    batch.map(({ request }) => request),
    options,
  );
  options.onFlush((options.scheduler.nowMs() - startedAtMs) / 1000, batch.length);
  for (const group of groups) group.isCommitting = false;
  for (const [index, { settle }] of batch.entries()) {
    settle(outcomes[index] ?? refuse('internal', 'The stream answered fewer results than requests: a defect of ours.'));
  }
};

const createIdleSignal = () => {
  let waiters: (() => void)[] = [];
  return {
    tell: () => {
      for (const resolve of waiters) resolve();
      waiters = [];
    },
    next: () => new Promise<void>((resolve) => void waiters.push(resolve)),
  };
};
