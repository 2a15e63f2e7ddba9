// Liveness: after the last phase everything drains within its bound, and what does not is named.
import type { RunningTarget } from '../targets/target.ts';
import type { Clock } from './clock.ts';
import { explain } from './errors.ts';
import { waitUntil } from './wait-until.ts';

export type Drained = { readonly drainedAt: number | null; readonly drainPending: readonly string[] };

export type DrainOptions = { readonly clock: Clock; readonly withinMs: number; readonly signal: AbortSignal };

/** A target that does not answer is not drained: the reason stands in `drainPending`. */
export const waitForDrain = async (target: Pick<RunningTarget, 'pending'>, { clock, withinMs, signal }: DrainOptions): Promise<Drained> => {
  const ask = () => target.pending().catch((error: unknown) => [`what is pending could not be asked: ${explain(error)}`]);
  const { done, last } = await waitUntil(ask, (pending) => pending.length === 0, { clock, withinMs, everyMs: 100, signal });
  return { drainedAt: done ? clock.now() : null, drainPending: last };
};
