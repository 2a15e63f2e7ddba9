// The driver itself: sends a plan against a URL and writes the history. Everything that has to do with its process is in process.ts.
import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createHistoryWriter, type HistoryWriter } from '../../history/history-writer.ts';
import { createBodyMaker } from '../../traffic/body.ts';
import { peakRate } from '../../scenario/rate-shape.ts';
import type { TrafficPlan } from '../../traffic/plan-traffic.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { type Connections, createConnections } from './connections.ts';
import { type Dialect, requestOf } from './dialect.ts';
import { runOpenLoop } from './open-loop.ts';
import { prepareRequests, type RequestMaker } from './prepare-requests.ts';
import type { DriverJob, DriverProgress, DriverSummary } from './protocol.ts';
import type { Retrier } from './retrier.ts';
import { type Reply, send, type Sent, timedOut } from './send.ts';
import { createTally, type Tally } from './tally.ts';
import { toOperation } from './to-operation.ts';

type InFlight = { readonly handedAt: number; sent: Sent | null; readonly end: (reply: Reply) => void };
type Run = {
  readonly job: DriverJob;
  readonly dialect: Dialect;
  readonly now: () => number;
  readonly requestOf: RequestMaker;
  readonly connections: Connections;
  readonly history: HistoryWriter;
  readonly tally: Tally;
  readonly retrier: Retrier;
  readonly inFlight: Set<InFlight>;
};

const progressEveryMs = 250;
const expireEveryMs = 100;

export type PreparedJob = AsyncDisposable & {
  /** Resolves when every operation has ended and the history is on disk. `zeroAt`: epoch milliseconds. */
  run(zeroAt: number, report: (progress: DriverProgress) => void): Promise<DriverSummary>;
};

/** Seconds of the highest rate for which connections are opened ahead: what is in flight where an answer takes that long. */
const aheadSeconds = 0.25;

export const prepareJob = async (job: DriverJob, plan: TrafficPlan, parts: Pick<Run, 'dialect' | 'retrier'>): Promise<PreparedJob> => {
  const ahead = Math.ceil(Math.max(...job.source.phases.map(peakRate)) * aheadSeconds);
  const connections = await createConnections(new URL(job.url).origin, { ahead, most: job.connections });
  const requestOf = prepareRequests(plan.operations, createRequestMaker(job, parts.dialect));
  return {
    run: (zeroAt, report) => runJob({ job, connections, requestOf, ...parts }, plan, zeroAt, report),
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
};

const runJob = async (
  prepared: Pick<Run, 'job' | 'dialect' | 'retrier' | 'connections' | 'requestOf'>,
  plan: TrafficPlan,
  zeroAt: number,
  report: (progress: DriverProgress) => void,
): Promise<DriverSummary> => {
  const { job } = prepared;
  const zero = performance.now() + (zeroAt - Date.now());
  const history = await createHistoryWriter(job.historyFile, { format: 1, scenario: job.source.name, seed: job.seed, zeroAt });
  const tally = createTally(job.source.phases.map(({ name }) => name));
  const run: Run = {
    ...prepared,
    now: () => performance.now() - zero,
    history,
    tally,
    inFlight: new Set(),
  };
  const timers = [setInterval(() => expire(run), expireEveryMs), setInterval(() => tell(run, report), progressEveryMs)];
  try {
    await sendAll(plan.operations, run);
    await history.end();
  } finally {
    timers.forEach(clearInterval);
  }
  return { ...tally.progress(run.now()), type: 'done', operations: plan.operations.length };
};

const tell = ({ history, tally, now }: Run, report: (progress: DriverProgress) => void): void => {
  void history.flush();
  report(tally.progress(now()));
};

const sendAll = async (operations: readonly PlannedOperation[], run: Run): Promise<void> => {
  const allDone = Promise.withResolvers<void>();
  let open = operations.length;
  const ended = (): void => {
    open -= 1;
    if (open === 0) allDone.resolve();
  };
  if (open === 0) return;
  await runOpenLoop({
    count: operations.length,
    intendedAtMs: (index) => (operations[index] as PlannedOperation).intendedAtMs,
    now: run.now,
    wait: (ms) => delay(ms),
    hand: (index) => hand(operations[index] as PlannedOperation, run, ended),
  });
  await allDone.promise;
};

const hand = (planned: PlannedOperation, run: Run, ended: () => void): void => {
  const { path, headers, body, bodySha256 } = run.requestOf(planned);
  const handedAt = run.now();
  const end = (reply: Reply): void => {
    if (!run.inFlight.delete(entry)) return;
    const operation = toOperation(
      { planned, bodySha256, bodyBytes: body.length, handedAt },
      reply,
      run.now(),
      run.job.definiteRefusals,
      run.dialect,
    );
    run.tally.ended(operation);
    run.history.add(operation);
    const again = run.retrier(planned, operation);
    if (again === null) ended();
    else setTimeout(() => hand(again.planned, run, ended), again.waitMs);
  };
  const entry: InFlight = { handedAt, sent: null, end };
  run.inFlight.add(entry);
  run.tally.handed(handedAt - planned.intendedAtMs);
  run.connections.lease((client, release) => {
    if (!run.inFlight.has(entry)) release();
    else entry.sent = send(client, { path, headers, body }, end, release);
  });
};

const createRequestMaker = ({ url, seed }: DriverJob, dialect: Dialect): RequestMaker => {
  const { pathname } = new URL(url);
  const bodyOf = createBodyMaker(seed);
  return (planned) => {
    const { path, headers, body } = requestOf(dialect, planned, bodyOf(planned), pathname);
    return { path, headers: [...headers, ...traceHeaders(planned)], body, bodySha256: hash('sha256', body) };
  };
};

/** Parent span id: any; the harness has no span of its own. The last byte asks for sampling. */
const traceHeaders = ({ traceId }: PlannedOperation): string[] =>
  traceId === null ? [] : ['traceparent', `00-${traceId}-${traceId.slice(0, 16)}-01`];

/** Oldest first. What still waits for a connection ends without having been sent. */
const expire = ({ inFlight, job, now }: Run): void => {
  const before = now() - job.timeoutMs;
  for (const entry of inFlight) {
    if (entry.handedAt > before) return;
    if (entry.sent === null) entry.end({ kind: 'error', error: timedOut(), anythingSent: false });
    else entry.sent.expire();
  }
};
