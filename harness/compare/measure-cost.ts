// What a candidate costs when nothing is wrong: events a second that a core of door and database brings in, and bytes that an event takes on disk.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { cpuSecondsOf, processTree } from '../engine/machine/process-cpu.ts';
import type { Candidate } from './candidate.ts';
import { compareEvent } from './event.ts';

export type Cost = {
  readonly candidate: string;
  readonly eventsPerSecond: number;
  /** Of door and database together. */
  readonly eventsPerCpuSecond: number;
  /** Of tables and indexes. */
  readonly diskBytesPerEvent: number;
  /** Of the database's write-ahead log, which is kept until it is archived. */
  readonly walBytesPerEvent: number;
};

export const together = 64;
const warmUpEvents = 500;
/** By UDP nobody says when to go on: so many at a time, each few milliseconds. */
const datagramsATick = 100;
const tickMs = 5;
export const mostDatagramsPerSecond = (datagramsATick * 1000) / tickMs;
const longestSettleMs = 30_000;

export const measureCost = async (candidate: Candidate, database: string, serverPid: number, events: number): Promise<Cost> => {
  const run = crypto.randomUUID().slice(0, 8);
  const started = await candidate.start(database, 0);
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    let next = 0;
    const bring = async (until: number): Promise<void> => {
      const target = (await keptCount(client, candidate)) + until - next;
      if (candidate.isAnswered) await Promise.all(Array.from({ length: together }, () => lane()));
      else await paced();
      await untilKept(client, candidate, target);
      async function lane(): Promise<void> {
        while (next < until) await started.send(compareEvent(run, next++).body);
      }
      async function paced(): Promise<void> {
        while (next < until) {
          for (let n = 0; n < datagramsATick && next < until; n += 1) void started.send(compareEvent(run, next++).body);
          await delay(tickMs);
        }
      }
    };
    const cpu = async (): Promise<number> => {
      const pids = await Promise.all([started.process.pid, serverPid].map(processTree));
      // What one of them burnt is part of it: where that can't be read the sum is not known.
      return (await Promise.all(pids.map((each) => cpuSecondsOf(each, true)))).reduce<number>((sum, each) => sum + (each ?? NaN), 0);
    };
    await bring(warmUpEvents);
    const [before, cpuBefore, zero] = [await sizes(client), await cpu(), performance.now()];
    await bring(warmUpEvents + events);
    const [seconds, cpuSeconds, after] = [(performance.now() - zero) / 1000, (await cpu()) - cpuBefore, await sizes(client)];
    return {
      candidate: candidate.name,
      eventsPerSecond: events / seconds,
      eventsPerCpuSecond: events / cpuSeconds,
      diskBytesPerEvent: (after.disk - before.disk) / events,
      walBytesPerEvent: (after.wal - before.wal) / events,
    };
  } finally {
    await client.end();
    await started.close();
    await started.process.stop();
  }
};

const sizes = async (client: pg.Client): Promise<{ readonly disk: number; readonly wal: number }> => {
  const { rows } = await client.query<{ disk: number; wal: number }>(
    `select pg_database_size(current_database())::float8 as disk, (pg_current_wal_lsn() - '0/0')::float8 as wal`,
  );
  return rows[0] ?? { disk: NaN, wal: NaN };
};

const keptCount = async (client: pg.Client, { keptIds }: Candidate): Promise<number> =>
  (await client.query<{ n: number }>(`select count(*)::float8 as n from (${keptIds}) as kept`)).rows[0]?.n ?? 0;

/** What was lost never comes: it ends all the same, and the figure is of what came. */
const untilKept = async (client: pg.Client, candidate: Candidate, target: number): Promise<void> => {
  const until = performance.now() + longestSettleMs;
  for (;;) {
    const kept = await keptCount(client, candidate);
    if (kept >= target) return;
    if (performance.now() > until) throw new Error(`${candidate.name}: ${target - kept} events did not come in ${longestSettleMs} ms`);
    await delay(50);
  }
};
