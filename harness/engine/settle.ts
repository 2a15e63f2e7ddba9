// Waits until the telemetry shows the end of the story: every process has exported once more, and two readings an interval apart are equal.
import type { Clock } from './clock.ts';

export type SettleOptions = {
  /** The final values as text; an error counts as a reading that is unlike any other. */
  readonly fingerprint: () => Promise<string>;
  readonly clock: Clock;
  readonly exportIntervalMs: number;
  readonly withinMs: number;
  readonly signal: AbortSignal;
};

export const waitUntilSettled = async (options: SettleOptions): Promise<{ readonly settled: boolean; readonly afterMs: number }> => {
  const { clock, exportIntervalMs, withinMs, signal } = options;
  const startedAt = clock.now();
  const afterMs = () => clock.now() - startedAt;
  await clock.sleep(exportIntervalMs * 1.2, signal);
  let before = await read(options);
  while (!signal.aborted && afterMs() < withinMs) {
    await clock.sleep(exportIntervalMs, signal);
    const now = await read(options);
    if (now !== null && now === before) return { settled: true, afterMs: afterMs() };
    before = now;
  }
  return { settled: false, afterMs: afterMs() };
};

const read = ({ fingerprint }: SettleOptions): Promise<string | null> => fingerprint().catch(() => null);
