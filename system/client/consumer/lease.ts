// How long the lanes are this instance's own: by its own clock, from the moment at which it asked. The system's clock begins later, so this one is over first.
import type { Timing } from '../timing.ts';
import type { ConsumerApi } from './consumer-api.ts';
import type { ConsumerState } from './consumer-state.ts';

export type Lease = {
  /** Joins, or renews. Rejects with a ConsumerError. */
  renew(): Promise<void>;
  /** By then the lanes may be another's: nothing more of them is handed out. */
  giveUpWhenOver(): void;
};

export const createLease = (
  { held, signal }: ConsumerState,
  api: ConsumerApi,
  timing: Pick<Timing, 'nowMs' | 'after'>,
  leaseMs: number,
): Lease => {
  let askedLastMs = -Infinity;
  const giveUpWhenOver = (): void => {
    if (timing.nowMs() - askedLastMs > leaseMs) held.dropAll();
  };
  /** Half of a lease: of a renewal that nobody answers, another is sent while there is time. */
  const withLimit = async <Value>(ask: (limit: AbortSignal) => Promise<Value>): Promise<Value> => {
    const late = new AbortController();
    const cancel = timing.after(leaseMs / 2, () => late.abort(new Error(`a renewal was not answered for ${leaseMs / 2} ms`)));
    return await ask(AbortSignal.any([signal, late.signal])).finally(cancel);
  };
  return {
    giveUpWhenOver,
    renew: async () => {
      const askedAtMs = timing.nowMs();
      giveUpWhenOver();
      const asked = held.saved();
      held.apply(await withLimit((limit) => api.join(held.toRelease(), limit)), asked);
      askedLastMs = askedAtMs;
    },
  };
};
