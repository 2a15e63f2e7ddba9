// The harness's own use of a link, as the target uses it: what a fault does to it is measured here, never taken from the request.

export type Asked = { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly ms: number; readonly why: string };

/** One connection that is kept. */
export type KeptProbe = AsyncDisposable & {
  /** One question and its answer. Never rejects. */
  ask(withinMs: number): Promise<Asked>;
  /** A question whose answer has about so many bytes, or which has so many itself; the bytes that really crossed. */
  transfer(way: 'up' | 'down', bytes: number, withinMs: number): Promise<Asked & { readonly bytes: number }>;
  /** Why the connection ended; null: it has not, as far as this end knows. */
  ended(): string | null;
};

export type Probe = {
  /** Rejects where no connection is to be had within the bound. */
  open(withinMs: number): Promise<KeptProbe>;
};

/** A connection, one question, and the end. Never rejects. */
export const askFresh = async (probe: Probe, withinMs: number): Promise<Asked> => {
  const startedAt = performance.now();
  try {
    await using kept = await probe.open(withinMs);
    return await kept.ask(withinMs);
  } catch (error) {
    return { ok: false, ms: performance.now() - startedAt, why: codeOf(error) };
  }
};

/** Times a question; `timeout` where the answer did not come. */
export const timed = async (ask: () => Promise<unknown>, withinMs: number): Promise<Asked> => {
  const startedAt = performance.now();
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), withinMs);
  try {
    const answer = await Promise.race([ask(), late.promise]);
    const ms = performance.now() - startedAt;
    return answer === 'late' ? { ok: false, ms, why: 'timeout' } : { ok: true, ms };
  } catch (error) {
    return { ok: false, ms: performance.now() - startedAt, why: codeOf(error) };
  } finally {
    clearTimeout(timer);
  }
};

export const codeOf = (error: unknown): string => {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message);
};

/** The quickest of several questions in a row, in milliseconds; null: one was not answered. */
export const quickestAsk = async (kept: KeptProbe, withinMs: number, times = 7): Promise<number | null> => {
  let quickest = Infinity;
  for (let n = 0; n < times; n += 1) {
    const answer = await kept.ask(withinMs);
    if (!answer.ok) return null;
    quickest = Math.min(quickest, answer.ms);
  }
  return quickest;
};
