// One job of a worker: hands its share of the plan over at the intended times, however slow the answers are, and counts what became of it.
import { setTimeout as delay } from 'node:timers/promises';
import { type Connections, createConnections } from '../../drivers/http/connections.ts';
import { runOpenLoop } from '../../drivers/open-loop.ts';
import { readRetryAfter } from '../../drivers/http/retry-after.ts';
import { retryInMs } from '../../drivers/http/retry-policy.ts';
import { createRandom } from '../../traffic/random.ts';
import { highestRate } from '../plan/stage.ts';
import { arrivalsOfShare, type SharedArrivals } from '../plan/share.ts';
import { createRequestMaker, type MadeRequest, type RequestMaker } from '../request/make-requests.ts';
import { errorName, givenUp } from './error-name.ts';
import { type Exchange, type ExchangeEnd, startExchange } from './exchange.ts';
import type { LoadDone, LoadJob, LoadProgress } from './protocol.ts';
import { startSampling } from './sample-worker.ts';
import { createLoadTally, type LoadTally } from './tally.ts';

/** One request from its intended time to its end, over all its attempts. */
type Call = { readonly index: number; readonly request: MadeRequest; readonly handedAtMs: number; attempt: number };
type Attempt = { readonly call: Call; readonly sentAtMs: number; exchange: Exchange | null };
type Run = {
  readonly job: LoadJob;
  readonly arrivals: SharedArrivals;
  readonly requestOf: RequestMaker;
  readonly now: () => number;
  readonly zeroAt: number;
  readonly connections: Connections;
  readonly tally: LoadTally;
  readonly inFlight: Set<Attempt>;
  /** Requests whose end is not known yet. */
  readonly open: { count: number; readonly allDone: PromiseWithResolvers<void> };
};

export type PreparedJob = AsyncDisposable & {
  readonly requests: number;
  /** Resolves when every request has ended. `zeroAt`: epoch milliseconds. */
  run(zeroAt: number, report: (progress: LoadProgress) => void): Promise<LoadDone>;
};

const progressEveryMs = 250;
const expireEveryMs = 50;
/** Seconds of the highest rate for which connections are opened ahead, so that the first answer is not the handshake's. */
const aheadSeconds = 0.25;
const mostAhead = 512;

export const prepareJob = async (job: LoadJob): Promise<PreparedJob> => {
  const { origin } = job.request;
  const arrivals = arrivalsOfShare(job.stages, job.arrivals, job.seed, job.share);
  const wanted = Math.ceil((highestRate(job.stages) / job.share.of) * aheadSeconds);
  const connections = await createConnections(origin, { ahead: Math.min(mostAhead, wanted, job.connections), most: job.connections });
  return {
    requests: arrivals.count,
    run: (zeroAt, report) => runJob(job, arrivals, connections, zeroAt, report),
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
};

const runJob = async (
  job: LoadJob,
  arrivals: SharedArrivals,
  connections: Connections,
  zeroAt: number,
  report: (progress: LoadProgress) => void,
): Promise<LoadDone> => {
  const zero = performance.now() + (zeroAt - Date.now());
  const run: Run = {
    job,
    arrivals,
    requestOf: createRequestMaker(job.request, job.seed, job.firstNumber),
    now: () => performance.now() - zero,
    zeroAt,
    connections,
    tally: createLoadTally(job.stages, job.sliceMs),
    inFlight: new Set(),
    open: { count: arrivals.count, allDone: Promise.withResolvers() },
  };
  using sampling = startSampling({ sliceMs: job.sliceMs, now: run.now, inFlight: () => countInFlight(run.inFlight) });
  const timers = [setInterval(() => expire(run), expireEveryMs), setInterval(() => report(progressOf(run)), progressEveryMs)];
  try {
    const cpuSeconds = await sendAll(run);
    report(progressOf(run));
    return { type: 'done', stages: run.tally.stages(), slices: run.tally.slices(), samples: sampling.samples(), cpuSeconds };
  } finally {
    timers.forEach(clearInterval);
  }
};

const sendAll = async (run: Run): Promise<number> => {
  const { arrivals, now, open } = run;
  if (arrivals.count === 0) open.allDone.resolve();
  for (let early = -now(); early > 0; early = -now()) await delay(Math.min(early, 100));
  const before = process.cpuUsage();
  await runOpenLoop({
    count: arrivals.count,
    intendedAtMs: (index) => arrivals.intendedAtMs[index] as number,
    now,
    wait: (ms) => delay(ms),
    hand: (index) => hand(run, index),
  });
  const { user, system } = process.cpuUsage(before);
  await open.allDone.promise;
  return (user + system) / 1e6;
};

const hand = (run: Run, index: number): void => {
  const { arrivals, tally, requestOf, now, zeroAt } = run;
  const intendedAtMs = arrivals.intendedAtMs[index] as number;
  const request = requestOf(arrivals.numberOf(index), zeroAt + intendedAtMs);
  const handedAtMs = now();
  tally.handed(arrivals.stageOf[index] as number, intendedAtMs, handedAtMs - intendedAtMs);
  attempt(run, { index, request, handedAtMs, attempt: 1 });
};

const attempt = (run: Run, call: Call): void => {
  const entry: Attempt = { call, sentAtMs: run.now(), exchange: null };
  const { method, origin } = run.job.request;
  run.inFlight.add(entry);
  const waited = run.connections.lease((client, release) => {
    if (!run.inFlight.has(entry)) return release();
    entry.exchange = startExchange(client, { method, origin, ...call.request }, (end) => ended(run, entry, end), release);
  });
  if (waited && call.attempt === 1)
    run.tally.blocked(run.arrivals.stageOf[call.index] as number, run.arrivals.intendedAtMs[call.index] as number);
};

const ended = (run: Run, entry: Attempt, end: ExchangeEnd): void => {
  if (!run.inFlight.delete(entry)) return;
  const { call } = entry;
  if (!retried(run, call, end)) finish(run, call, end);
};

/** Whether there is another attempt; it waits outside of what is in flight. */
const retried = (run: Run, call: Call, end: ExchangeEnd): boolean => {
  const { retry, seed } = run.job;
  if (retry === null || errorOf(run.job, end) === null) return false;
  const number = run.arrivals.numberOf(call.index);
  const waitMs = retryInMs(retry, call.attempt, attemptEnd(end), createRandom(seed, `load/retry/${number}/${call.attempt}`));
  if (waitMs === null) return false;
  run.tally.retried(run.arrivals.stageOf[call.index] as number, run.arrivals.intendedAtMs[call.index] as number);
  call.attempt += 1;
  setTimeout(() => attempt(run, call), waitMs);
  return true;
};

const attemptEnd = (end: ExchangeEnd) =>
  end.kind === 'error'
    ? { status: null, retryAfterSeconds: null }
    : { status: end.status, retryAfterSeconds: readRetryAfter(end.retryAfter, Date.now()) };

const finish = (run: Run, { index, handedAtMs }: Call, end: ExchangeEnd): void => {
  const error = errorOf(run.job, end);
  run.tally.ended({
    stage: run.arrivals.stageOf[index] as number,
    intendedAtMs: run.arrivals.intendedAtMs[index] as number,
    handedAtMs,
    doneAtMs: run.now(),
    error,
    isTimed: error === null || error === 'client_timeout',
  });
  run.open.count -= 1;
  if (run.open.count === 0) run.open.allDone.resolve();
};

const errorOf = ({ okStatuses }: LoadJob, end: ExchangeEnd): string | null => {
  if (end.kind === 'error') return errorName(end.error);
  return okStatuses.some(([from, to]) => end.status >= from && end.status <= to) ? null : `status_${end.status}`;
};

/** Oldest first. What still waits for a connection ends here. */
const expire = (run: Run): void => {
  const before = run.now() - run.job.timeoutMs;
  for (const entry of run.inFlight) {
    if (entry.sentAtMs > before) return;
    if (entry.exchange === null) ended(run, entry, { kind: 'error', error: givenUp() });
    else entry.exchange.expire(givenUp());
  }
};

const countInFlight = (inFlight: ReadonlySet<Attempt>): { readonly inFlight: number; readonly waiting: number } => {
  const waiting = [...inFlight].filter(({ exchange }) => exchange === null).length;
  return { inFlight: inFlight.size - waiting, waiting };
};

const progressOf = ({ tally, now, inFlight }: Run): LoadProgress => ({
  type: 'progress',
  atMs: now(),
  ...tally.totals,
  inFlight: inFlight.size,
  p99Ms: tally.recentP99Ms(),
});
