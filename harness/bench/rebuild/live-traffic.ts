// Live traffic beside a rebuild: events at a constant rate, open loop, and readers who write down how old what they are shown is.
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { createLiveKeys, keyOf, type LiveKeys } from './live-keys.ts';

export type Reads = { readonly agesMs: readonly number[]; readonly failed: number };

export type LiveTraffic = {
  readonly keys: LiveKeys;
  /** Ages of the reads since the last call. */
  takeReads(): Reads;
  /** Rejects when events can't be sent any more: what is read after that says nothing. */
  readonly failed: Promise<never>;
  /** Resolves when both have ended, however. */
  stop(): Promise<void>;
};

const tickMs = 20;
const readsPerSecond = 40;

type Page = { readonly total?: number };

export const startLiveTraffic = (ingest: string, query: string, ratePerSecond: number): LiveTraffic => {
  const keys = createLiveKeys();
  const stopping = new AbortController();
  let reads: { agesMs: number[]; failed: number } = { agesMs: [], failed: 0 };
  let sent = 0;
  const startedAtMs = performance.now();

  const send = async (from: number, to: number): Promise<void> => {
    const events = Array.from({ length: to - from }, (_, at) => eventOf(from + at));
    const { statusCode, body } = await request(`${ingest}/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`live traffic was answered ${statusCode}: nothing was measured`);
    for (let n = from; n < to; n += 1) keys.acknowledged(n, performance.now());
  };
  const sending = (async () => {
    // A batch waits for the one before, so that a key's events keep their order; what came due meanwhile goes together.
    while (!stopping.signal.aborted) {
      const due = Math.floor(((performance.now() - startedAtMs) / 1000) * ratePerSecond);
      if (due > sent) {
        const from = sent;
        sent = due;
        await send(from, due);
      }
      await sleep(tickMs);
    }
  })();
  const readOne = async (): Promise<void> => {
    const all = keys.keys();
    // The newest two: an older one stands still and can only be whole.
    const key = all[Math.max(0, all.length - 1 - Math.floor(Math.random() * 2))];
    if (key === undefined) return;
    const at = performance.now();
    const { statusCode, body } = await request(`${query}/timelines/bench/${key}?limit=1`);
    const page = (await body.json()) as Page;
    // Not there is an empty read: as old as the first event that was acknowledged.
    if (statusCode === 200 || statusCode === 404) reads.agesMs.push(keys.age(key, at, page.total ?? 0));
    else reads.failed += 1;
  };
  const reading = (async () => {
    while (!stopping.signal.aborted) {
      const next = sleep(1000 / readsPerSecond);
      await readOne().catch(() => (reads.failed += 1));
      await next;
    }
  })();
  const failed = new Promise<never>((_resolve, reject) => void sending.catch(reject));
  failed.catch(() => {});
  return {
    keys,
    failed,
    takeReads: () => {
      const taken = reads;
      reads = { agesMs: [], failed: 0 };
      return taken;
    },
    stop: async () => {
      stopping.abort();
      await Promise.allSettled([sending, reading]);
    },
  };
};

const eventOf = (n: number) => ({
  system_name: 'bench',
  object_id: keyOf(n),
  event_name: 'live',
  event_time: new Date().toISOString(),
  metadata: { n, note: 'a line of text as long as one finds it in real events' },
});
