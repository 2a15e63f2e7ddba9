// Waits until every part of a stack answers its probe; ends at once when one of them dies, with the last lines of what it said.
import { request } from 'undici';
import type { Clock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { waitUntil } from '../engine/wait-until.ts';
import { logTail } from './log-tail.ts';

export type AwaitedPart = {
  readonly name: string;
  readonly readyUrl: string;
  readonly logFile: string;
  /** Resolves when it has ended, to how. */
  readonly exited: Promise<string>;
};

export type AwaitOptions = {
  readonly clock: Clock;
  readonly withinMs: number;
  readonly signal: AbortSignal;
  readonly onReady: (part: string, afterMs: number) => void;
};

const probeWithinMs = 2_000;
const everyMs = 50;

const probe = async (url: string): Promise<string> => {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(probeWithinMs) });
    const text = await body.text();
    return statusCode === 200 ? 'ready' : `answered ${statusCode}: ${text.trim().slice(0, 200)}`;
  } catch {
    return 'did not answer';
  }
};

const failure = ({ name, logFile }: AwaitedPart, what: string): HarnessError =>
  new HarnessError('FL_STACK_FAILED', `${name} ${what}; its log is ${logFile}:\n${logTail(logFile)}`);

const awaitPart = async (part: AwaitedPart, { clock, withinMs, signal, onReady }: AwaitOptions): Promise<void> => {
  let exit: string | null = null;
  void part.exited.then((how) => (exit = how));
  const look = async () => ({ said: await probe(part.readyUrl), exit });
  const over = (now: Awaited<ReturnType<typeof look>>) => now.said === 'ready' || now.exit !== null;
  const { last, afterMs } = await waitUntil(look, over, { clock, withinMs, everyMs, signal });
  // A foreign program on its port may answer for one that has ended.
  if (last.exit !== null) throw failure(part, `${last.exit} before it was ready`);
  if (last.said === 'ready') return onReady(part.name, afterMs);
  if (!signal.aborted) throw failure(part, `was not ready within ${withinMs} ms (${part.readyUrl} ${last.said})`);
};

/** Rejects with the first failure; the other waits are over by then. */
export const awaitParts = async (parts: readonly AwaitedPart[], options: AwaitOptions): Promise<void> => {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const waits = parts.map((part) => awaitPart(part, { ...options, signal }));
  try {
    await Promise.all(waits);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(waits);
    throw error;
  }
  if (options.signal.aborted) throw new HarnessError('FL_INTERRUPTED', 'interrupted while the telemetry stack was starting');
};
