// The driver itself: sends a plan against a URL, each event alone or in batches. Everything that has to do with its process is in process.ts.
import { peakRate } from '../../scenario/rate-shape.ts';
import type { TrafficPlan } from '../../traffic/plan-traffic.ts';
import { type Dialect, guardAnswers } from '../dialect.ts';
import type { Prepared } from '../driver-process.ts';
import { type Player, playPlan } from '../play-plan.ts';
import { prepareAhead } from '../prepare-ahead.ts';
import { createConnections } from './connections.ts';
import type { DriverJob } from './protocol.ts';
import { createRequestMaker } from '../request-maker.ts';
import { timedOut } from './send.ts';
import { sendAlone } from './send-alone.ts';
import { createBatches } from './send-together.ts';
import type { Sending } from './sending.ts';

/** Seconds of the highest rate for which connections are opened ahead: what is in flight where an answer takes that long. */
const aheadSeconds = 0.25;

export const prepareJob = async (
  job: DriverJob,
  plan: TrafficPlan,
  { dialect, retrier }: Pick<Sending, 'retrier'> & { readonly dialect: Dialect },
): Promise<Prepared> => {
  const ahead = Math.ceil(Math.max(...job.source.phases.map(peakRate)) * aheadSeconds);
  const connections = await createConnections(new URL(job.url).origin, { ahead, most: job.connections });
  const requestOf = prepareAhead(plan.operations, createRequestMaker(job, dialect));
  return {
    run: (zeroAt, report) =>
      playPlan({ job, plan, zeroAt, report }, (playing) =>
        createPlayer({
          ...playing,
          job,
          dialect: guardAnswers(dialect, playing.tally.unreadable),
          retrier,
          connections,
          requestOf,
          inFlight: new Set(),
        }),
      ),
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
};

const createPlayer = (sending: Sending): Player => {
  const look = (): void => expire(sending);
  const { batch } = sending.job;
  if (batch === null) return { hand: (planned, ended) => sendAlone(planned, sending, ended), look };
  return { hand: createBatches(batch, sending), look };
};

/** Oldest first. What still waits for a connection ends without having been sent. */
const expire = ({ inFlight, job, now }: Sending): void => {
  const before = now() - job.timeoutMs;
  for (const entry of inFlight) {
    if (entry.since > before) return;
    if (entry.sent === null) entry.end({ kind: 'error', error: timedOut(), anythingSent: false });
    else entry.sent.expire();
  }
};
