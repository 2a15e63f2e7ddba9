// One candidate under one fault: what its senders were told, what is there afterwards, and what a person had to do.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseServer } from '../targets/target.ts';
import type { Candidate, Started } from './candidate.ts';
import { compareEvent } from './event.ts';
import { type SentEvent, sendTraffic } from './send-traffic.ts';

export type FaultName = 'kill -9 of the door' | 'immediate stop of the database';

export type FaultRun = {
  readonly candidate: string;
  readonly fault: FaultName;
  /** Its senders are told what became of an event. */
  readonly isAnswered: boolean;
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged, and not there: a broken promise. */
  readonly acknowledgedAndLost: number;
  /** Sent once, and not there. Its sender was told so, or given no answer; by UDP it was told nothing. */
  readonly notThere: number;
  /** Of these by the candidate's own books; null: it keeps none, or they know of no sender. */
  readonly knownLost: number | null;
  /** Starts by hand that it took: it had ended by itself. */
  readonly startedByHand: number;
  readonly events: readonly SentEvent[];
};

export type FaultOptions = {
  readonly candidate: Candidate;
  readonly database: string;
  readonly server: DatabaseServer;
  readonly fault: FaultName;
};

export const traffic = { ratePerSecond: 400, seconds: 10, faultAtSeconds: 4, downSeconds: 1 } as const;
/** What is still under way when the last was sent. */
const settleMs = 3000;
const lookMs = 100;

export const runFault = async ({ candidate, database, server, fault }: FaultOptions): Promise<FaultRun> => {
  const run = crypto.randomUUID().slice(0, 8);
  const desk = await openDesk(candidate, database);
  const strike = async (): Promise<void> => {
    await delay(traffic.faultAtSeconds * 1000);
    if (fault === 'kill -9 of the door') {
      desk.current().process.kill('SIGKILL');
      return;
    }
    await server.stop('immediate');
    await delay(traffic.downSeconds * 1000);
    await server.start();
  };
  let events: readonly SentEvent[] = [];
  try {
    const sending = sendTraffic({ ...traffic, send: () => desk.current().send, bodyOf: (n) => compareEvent(run, n) });
    [events] = await Promise.all([sending, strike()]);
    await delay(settleMs);
  } finally {
    await desk.leave();
  }
  const kept = await keptBy(candidate, database);
  const isThere = ({ id }: SentEvent): boolean => kept.ids.has(id);
  const acknowledged = events.filter(({ told }) => told === 'acknowledged');
  return {
    candidate: candidate.name,
    fault,
    isAnswered: candidate.isAnswered,
    sent: events.length,
    acknowledged: acknowledged.length,
    acknowledgedAndLost: acknowledged.filter((event) => !isThere(event)).length,
    notThere: events.filter((event) => !isThere(event)).length,
    knownLost: kept.lost,
    startedByHand: desk.startedByHand(),
    events,
  };
};

type Desk = {
  readonly current: () => Started;
  readonly startedByHand: () => number;
  /** Ends the watch, and the door with it. */
  readonly leave: () => Promise<void>;
};

/** The person at the desk: sees within a moment that the door is gone, and starts it again. */
const openDesk = async (candidate: Candidate, database: string): Promise<Desk> => {
  const first = await candidate.start(database, 0);
  let current: Started = first;
  let [startedByHand, isOver] = [0, false];
  const restart = async (): Promise<void> => {
    const before = current;
    current = await candidate.start(database, first.port);
    await before.close();
  };
  const watch = async (): Promise<void> => {
    while (!isOver) {
      const { process } = current;
      const hasEnded = await Promise.race([process.exited.then(() => true), delay(lookMs).then(() => false)]);
      if (!hasEnded || isOver) continue;
      startedByHand += 1;
      await delay(traffic.downSeconds * 1000);
      // Where it does not come up yet, the person tries again.
      await restart().catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    current: () => current,
    startedByHand: () => startedByHand,
    leave: async () => {
      isOver = true;
      await watching;
      await current.close();
      await current.process.stop();
    },
  };
};

const keptBy = async ({ keptIds, lostByBooks }: Candidate, database: string) => {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(keptIds);
    const lost = lostByBooks === null ? null : ((await client.query<{ lost: number | null }>(lostByBooks)).rows[0]?.lost ?? null);
    return { ids: new Set(rows.map(({ id }) => id)), lost };
  } finally {
    await client.end();
  }
};
