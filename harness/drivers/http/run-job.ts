// The driver itself: sends a plan against a URL and writes the history. Everything that has to do with its process is in process.ts.
import { createHash } from 'node:crypto';
import { peakRate } from '../../scenario/rate-shape.ts';
import type { TrafficPlan } from '../../traffic/plan-traffic.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { type Batcher, createBatcher, timerAfter } from '../batcher.ts';
import type { Prepared } from '../driver-process.ts';
import { type Player, type Playing, playPlan } from '../play-plan.ts';
import { type Connections, createConnections } from './connections.ts';
import { type Dialect, requestOf } from './dialect.ts';
import { type Packed, type Parcel, parcelOfBatch, parcelOfOne, repliesOf, togetherAgain } from './parcel.ts';
import type { DriverJob } from './protocol.ts';
import type { Retrier } from './retrier.ts';
import { type Reply, send, type Sent, timedOut } from './send.ts';
import { toOperation } from './to-operation.ts';

type InFlight = { readonly sentAt: number; sent: Sent | null; readonly end: (reply: Reply) => void };
type Run = Playing & {
  readonly job: DriverJob;
  readonly dialect: Dialect;
  readonly path: string;
  readonly connections: Connections;
  readonly retrier: Retrier;
  readonly inFlight: Set<InFlight>;
};
/** An event on its way, and who waits for its end. */
type Underway = Packed & { readonly ended: () => void };

/** Seconds of the highest rate for which connections are opened ahead: what is in flight where an answer takes that long. */
const aheadSeconds = 0.25;

export const prepareJob = async (job: DriverJob, plan: TrafficPlan, parts: Pick<Run, 'dialect' | 'retrier'>): Promise<Prepared> => {
  const ahead = Math.ceil(Math.max(...job.source.phases.map(peakRate)) * aheadSeconds);
  const connections = await createConnections(new URL(job.url).origin, { ahead, most: job.connections });
  return {
    run: (zeroAt, report) =>
      playPlan({ job, plan, zeroAt, report }, (playing) =>
        createPlayer({ ...playing, ...parts, job, connections, path: new URL(job.url).pathname, inFlight: new Set() }),
      ),
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
};

const createPlayer = (run: Run): Player => {
  const batcher = batcherOf(run);
  return {
    hand: (planned, ended) => {
      const packed = { ...pack(planned, run), ended };
      if (batcher === null) deliver([packed], run);
      else batcher.add(packed);
    },
    look: () => expire(run),
  };
};

const batcherOf = (run: Run): Batcher<Underway> | null =>
  run.job.batch === null
    ? null
    : createBatcher({
        policy: run.job.batch,
        mustBeFirst: ({ planned }) => planned.traceId !== null,
        send: (events) => deliver(events, run),
        after: timerAfter,
      });

const pack = (planned: PlannedOperation, { dialect, bodyOf, path, now, tally }: Run): Packed => {
  const request = requestOf(dialect, planned, bodyOf(planned), path);
  const bodySha256 = createHash('sha256').update(request.body).digest('hex');
  const handedAt = now();
  tally.handed(handedAt - planned.intendedAtMs);
  return { planned, request, bodySha256, bodyBytes: request.body.length, handedAt };
};

const deliver = (events: readonly Underway[], run: Run): void => {
  const isBatch = run.job.batch !== null;
  const parcel = isBatch ? parcelOfBatch(events, run.path) : parcelOfOne(events[0] as Underway);
  const end = (reply: Reply): void => {
    if (!run.inFlight.delete(entry)) return;
    conclude(events, repliesOf(parcel, reply, isBatch), run);
  };
  const entry: InFlight = { sentAt: run.now(), sent: null, end };
  run.inFlight.add(entry);
  run.connections.lease((client, release) => {
    if (!run.inFlight.has(entry)) release();
    else entry.sent = send(client, { ...withTrace(parcel), keptBytes: keptBytesOf(events.length) }, end, release);
  });
};

/** What is worth another attempt goes together again, as it came. */
const conclude = (events: readonly Underway[], replies: readonly Reply[], run: Run): void => {
  const doneAt = run.now();
  const again = events.flatMap((packed, index) => {
    const operation = toOperation(packed, replies[index] as Reply, doneAt, run.job.definiteRefusals, run.dialect);
    run.tally.ended(operation);
    run.history.add(operation);
    const next = run.retrier(packed.planned, operation);
    if (next === null) packed.ended();
    return next === null ? [] : [{ ...next, ended: packed.ended }];
  });
  if (again.length === 0) return;
  const { planned, waitMs } = togetherAgain(again);
  setTimeout(() => {
    const repacked = planned.map((each, index) => ({ ...pack(each, run), ended: (again[index] as (typeof again)[number]).ended }));
    deliver(repacked, run);
  }, waitMs);
};

/** An answer of the contract is short; that to a batch has an element for each event. */
const keptBytesOf = (events: number): number => 65_536 + events * 1024;

/** Parent span id: any; the harness has no span of its own. The last byte asks for sampling. */
const withTrace = ({ request, traceId }: Parcel): Parcel['request'] =>
  traceId === null ? request : { ...request, headers: [...request.headers, 'traceparent', `00-${traceId}-${traceId.slice(0, 16)}-01`] };

/** Oldest first. What still waits for a connection ends without having been sent. */
const expire = ({ inFlight, job, now }: Run): void => {
  const before = now() - job.timeoutMs;
  for (const entry of inFlight) {
    if (entry.sentAt > before) return;
    if (entry.sent === null) entry.end({ kind: 'error', error: timedOut(), anythingSent: false });
    else entry.sent.expire();
  }
};
