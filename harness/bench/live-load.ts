// Live traffic at a constant rate, open loop, one event a request; and its freshness: from receipt to row in `events`.
import type { Pool } from 'pg';
import { systemClock } from '../engine/clock.ts';
import { waitUntil } from '../engine/wait-until.ts';
import type { Player } from '../load/play.ts';
import type { PhaseResult } from '../load/result.ts';
import { isLate, lateText } from '../load/slo/judge-slos.ts';
import { playSteadily, steady } from './load-job.ts';

export type Live = {
  readonly address: string;
  readonly systemName: string;
  /** Of this load alone in its database: its rows are found by it, and its identities begin with it. */
  readonly eventName: string;
  /** Over so many objects: `object-0` and on. */
  readonly objects: number;
  readonly ratePerSecond: number;
  /** Sent before what is measured; 0: none. */
  readonly settleSeconds: number;
  readonly seconds: number;
};

/** `answered` counts the events that settle too. */
export type PlayedLive = PhaseResult & { readonly answered: number };

const connections = 256;
const appliedWithinMs = 60_000;

/** What was measured once it had settled; latencies are from the intended times. */
export const playLive = async (player: Player, live: Live): Promise<PlayedLive> => {
  const { phases } = await playSteadily(
    player,
    steady(live.ratePerSecond, live.seconds, live.settleSeconds),
    { origin: live.address, path: '/events', body: bodyOf(live), connections },
    new AbortController().signal,
  );
  return { ...(phases.at(-1) as PhaseResult), answered: phases.reduce((sum, { ok }) => sum + ok, 0) };
};

const bodyOf = ({ systemName, eventName, objects }: Live): string =>
  `{"system_name":"${systemName}","object_id":"object-{{int:0:${objects - 1}}}","event_name":"${eventName}","event_time":"{{time}}",` +
  `"metadata":{"n":{{n}}},"id":"${eventName}-{{id}}"}`;

/** A figure over refusals would be a figure of something else. What is measured from receipt is none of a generator that was late by some milliseconds. */
export const demandAnswered = (played: PlayedLive): PlayedLive => {
  if (played.failed > 0)
    throw new Error(`${played.failed} requests failed (${Object.keys(played.errors).join(', ')}): nothing was measured`);
  return played;
};

/** Nor is a figure from the intended times, over another rate than the one that was asked for, what it says. */
export const demandOnTime = (played: PlayedLive): PlayedLive => {
  if (isLate(played)) throw new Error(`${lateText(played)}: nothing was measured`);
  return demandAnswered(played);
};

const countRows = `select count(*)::integer as rows from events where tenant = 'default' and event_name = $1`;
const selectP99 = `
  select (percentile_cont(0.99) within group (order by extract(epoch from applied_at - received_at)) * 1000)::double precision as p99
  from events where tenant = 'default' and event_name = $1 and (metadata ->> 'n')::bigint >= $2`;

/** The p99 in milliseconds, of the events that were measured, once each is a row: those that come last are the slowest. */
export const freshness = async (
  pool: Pool,
  { eventName, ratePerSecond, settleSeconds }: Live,
  { answered }: PlayedLive,
): Promise<number> => {
  const count = async (): Promise<number> => (await pool.query<{ rows: number }>(countRows, [eventName])).rows[0]?.rows ?? 0;
  const { done, last } = await waitUntil(count, (rows) => rows >= answered, {
    clock: systemClock,
    withinMs: appliedWithinMs,
    everyMs: 200,
  });
  if (!done)
    throw new Error(`${last} of ${answered} events of ${eventName} are rows after ${appliedWithinMs / 1000} s: nothing was measured`);
  const { rows } = await pool.query<{ p99: number | null }>(selectP99, [eventName, ratePerSecond * settleSeconds]);
  return rows[0]?.p99 ?? NaN;
};
