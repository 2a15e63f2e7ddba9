// The traffic that all three get: events at their times, however slow the answers are, and what became of each in its sender's eyes.
import { setTimeout as delay } from 'node:timers/promises';
import { runOpenLoop } from '../drivers/open-loop.ts';
import type { Told } from './candidate.ts';

export type SentEvent = {
  readonly id: string;
  /** Seconds since the traffic began. */
  readonly at: number;
  /** From the moment at which it was to be sent until its sender could go on: also where its own process was kept from sending it. */
  readonly waitMs: number;
  /** `failed`: no answer came. */
  readonly told: Told | 'failed';
};

export type Traffic = {
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** Asked anew for each event: the door may have been started again. */
  readonly send: () => (body: string) => Promise<Told>;
  readonly bodyOf: (n: number) => { readonly id: string; readonly body: string };
};

/** Milliseconds, of any zero. */
export type TrafficClock = { readonly now: () => number; readonly wait: (ms: number) => Promise<void> };

const realClock: TrafficClock = { now: () => performance.now(), wait: (ms) => delay(ms) };

export const sendTraffic = async (
  { ratePerSecond, seconds, send, bodyOf }: Traffic,
  { now, wait }: TrafficClock = realClock,
): Promise<readonly SentEvent[]> => {
  const zero = now();
  const [ended, events]: [Promise<void>[], SentEvent[]] = [[], []];
  const intendedAtMs = (n: number): number => (n * 1000) / ratePerSecond;
  const one = async (n: number): Promise<void> => {
    const { id, body } = bodyOf(n);
    const told = await send()(body).catch(() => 'failed' as const);
    events.push({ id, at: intendedAtMs(n) / 1000, waitMs: now() - zero - intendedAtMs(n), told });
  };
  const count = Math.round(ratePerSecond * seconds);
  await runOpenLoop({ count, intendedAtMs, now: () => now() - zero, wait, hand: (n) => void ended.push(one(n)) });
  await Promise.all(ended);
  return events;
};
