// Commits one batch, with its repeats: always the same requests with the same identities, so a repeat after an ambiguous commit finds what the
// first attempt stored. Never rejects: each request gets an outcome that says truly whether it may have been stored.
import { isSystemError, type SystemError } from '../contract/system-error.ts';
import type { AppendRequest, AppendResult, StreamWriter } from '../stream/stream.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Scheduler, sleep } from './scheduler.ts';

export type CommitOutcome = AppendResult | Refusal;

export type CommitOptions = {
  readonly writer: StreamWriter;
  readonly scheduler: Scheduler;
  /** From the first attempt to the last answer. */
  readonly commitTimeoutMs: number;
  /** [0, 1) */
  readonly random: () => number;
  /** Each failed attempt, for the log. */
  readonly onFailure: (error: unknown, events: number) => void;
  readonly onCommit: () => void;
};

const firstBackoffMs = 2;
const longestBackoffMs = 250;

export const commitBatch = async (requests: readonly AppendRequest[], options: CommitOptions): Promise<readonly CommitOutcome[]> => {
  const deadlineMs = options.scheduler.nowMs() + options.commitTimeoutMs;
  let mayBeStored = false;
  for (let attempt = 0; ; attempt += 1) {
    const result = await tryAppend(requests, options, deadlineMs);
    if (!('failure' in result)) {
      options.onCommit();
      return result.outcomes;
    }
    const { failure } = result;
    options.onFailure(failure, requests.length);
    mayBeStored ||= isIndefinite(failure);
    const next = await decide(failure, { requests, options, mayBeStored, attempt, deadlineMs });
    if (next !== 'again') return next;
  }
};

type Attempt = { readonly outcomes: readonly CommitOutcome[] } | { readonly failure: unknown };

const tryAppend = async (requests: readonly AppendRequest[], options: CommitOptions, deadlineMs: number): Promise<Attempt> => {
  const controller = new AbortController();
  using _deadline = options.scheduler.after(Math.max(deadlineMs - options.scheduler.nowMs(), 0), () => controller.abort());
  try {
    return { outcomes: await options.writer.append(requests, controller.signal) };
  } catch (failure) {
    return { failure };
  }
};

/** What is no SystemError is a defect, and says nothing about what was stored. */
const isIndefinite = (failure: unknown): boolean => !isSystemError(failure) || failure.outcome === 'indefinite';

type Situation = {
  readonly requests: readonly AppendRequest[];
  readonly options: CommitOptions;
  readonly mayBeStored: boolean;
  readonly attempt: number;
  readonly deadlineMs: number;
};

const decide = async (failure: unknown, situation: Situation): Promise<readonly CommitOutcome[] | 'again'> => {
  const { requests, options, mayBeStored, attempt, deadlineMs } = situation;
  if (!isSystemError(failure)) return requests.map(() => refuse('internal', 'A defect of ours; it is logged.'));
  if (failure.code === 'FL_STREAM_DATA_REFUSED') return isolate(situation);
  const isWorthAnother = mayBeStored || failure.code === 'FL_STREAM_CONTENDED';
  const backoffMs = Math.min(firstBackoffMs * 2 ** attempt, longestBackoffMs) * (0.5 + options.random() / 2);
  if (!isWorthAnother || options.scheduler.nowMs() + backoffMs >= deadlineMs) return refuseAll(requests, mayBeStored, failure);
  await sleep(options.scheduler, backoffMs);
  return 'again';
};

/** One event that the database refuses must not take the others down with it: halve until it is alone. In order, as order is promised. */
const isolate = async ({ requests, options, mayBeStored }: Situation): Promise<readonly CommitOutcome[]> => {
  if (requests.length === 1) {
    return [
      mayBeStored
        ? unknown()
        : refuse('internal', 'The database refused the event, which admission let pass: a defect of ours; it is logged.'),
    ];
  }
  const middle = requests.length >> 1;
  const first = await commitBatch(requests.slice(0, middle), options);
  const second = await commitBatch(requests.slice(middle), options);
  return [...first, ...second];
};

const refuseAll = (requests: readonly AppendRequest[], mayBeStored: boolean, failure: SystemError): readonly CommitOutcome[] =>
  requests.map(() => (mayBeStored ? unknown() : refuse('storage_unavailable', `Nothing was stored: ${sentenceFor(failure)} Retry.`)));

const unknown = (): Refusal =>
  refuse('commit_unknown', 'The answer of a commit did not come: it may have been stored. Retry with the same id.');

/** A client learns the kind of trouble, not our hosts and ports. */
const sentenceFor = ({ code }: SystemError): string => {
  if (code === 'FL_STREAM_UNREACHABLE') return 'the database can not be reached.';
  return code === 'FL_STREAM_CONTENDED' ? 'the database is busy with others that write the same.' : 'the database could not append.';
};
