// The traffic that all three get: events at their times, however slow the answers are, and what became of each in its sender's eyes.
import { setTimeout as delay } from 'node:timers/promises';
import type { Told } from './candidate.ts';

export type SentEvent = {
  readonly id: string;
  /** Seconds since the traffic began. */
  readonly at: number;
  /** How long its sender had to wait for the door. */
  readonly waitMs: number;
  /** `failed`: no answer came. */
  readonly told: Told | 'failed';
};

export type OpenLoopOptions = {
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** Asked anew for each event: the door may have been started again. */
  readonly send: () => (body: string) => Promise<Told>;
  readonly bodyOf: (n: number) => { readonly id: string; readonly body: string };
};

const tickMs = 5;

export const sendOpenLoop = async ({ ratePerSecond, seconds, send, bodyOf }: OpenLoopOptions): Promise<readonly SentEvent[]> => {
  const zero = performance.now();
  const [ended, events]: [Promise<void>[], SentEvent[]] = [[], []];
  const total = Math.round(ratePerSecond * seconds);
  const one = async (n: number): Promise<void> => {
    const dueMs = (n * 1000) / ratePerSecond;
    const { id, body } = bodyOf(n);
    const handedAt = performance.now();
    const told = await send()(body).catch(() => 'failed' as const);
    events.push({ id, at: dueMs / 1000, waitMs: performance.now() - handedAt, told });
  };
  for (let next = 0; next < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - zero) / 1000) * ratePerSecond) + 1);
    for (; next < due; next += 1) ended.push(one(next));
    await delay(tickMs);
  }
  await Promise.all(ended);
  return events;
};
