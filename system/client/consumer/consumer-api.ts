// The consumer API over HTTP, as docs/consumers.md has it: one request each, no retries.
import { retryAfterMs } from '../../contract/retry-after.ts';
import { untraced } from '../trace-context.ts';
import { type Page, readPage } from './consumed-event.ts';
import { ConsumerError } from './consumer-error.ts';
import type { ConsumerSettings } from './consumer-options.ts';

export type LeasedLane = { readonly lane: number; readonly position: number; readonly epoch: number; readonly ending: boolean };
export type LaneCheckpoint = { readonly lane: number; readonly epoch: number; readonly from: number; readonly to: number };
export type CheckpointResult = {
  readonly lane: number;
  readonly outcome: string;
  readonly position: number | null;
  readonly epoch: number | null;
};

export type ConsumerFetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<ConsumerAnswer>;

type ConsumerAnswer = {
  readonly status: number;
  /** Left out: no Retry-After is known. */
  readonly headers?: { get(name: string): string | null };
  text(): Promise<string>;
};

/** All reject with a ConsumerError. */
export type ConsumerApi = {
  create(start: 'earliest' | 'latest', signal: AbortSignal): Promise<void>;
  join(release: readonly number[], signal: AbortSignal): Promise<readonly LeasedLane[]>;
  leave(signal: AbortSignal): Promise<void>;
  /** Each lane that was asked for; a lane that was refused is among them. */
  checkpoint(checkpoints: readonly LaneCheckpoint[], signal: AbortSignal): Promise<readonly CheckpointResult[]>;
  read(lane: number, after: number, waitMs: number, signal: AbortSignal): Promise<Page>;
};

/** Beyond what the server may wait. */
const graceMs = 15_000;

/** `dateMs`: milliseconds since the epoch, for a Retry-After that is a date. */
export const createConsumerApi = (settings: ConsumerSettings, fetch: ConsumerFetch, dateMs: () => number): ConsumerApi => {
  const { baseUrl, apiKey, consumer, instance, leaseMs, maxEvents, maxBytes, filters } = settings;
  const root = `${baseUrl}/consumers/${consumer}`;
  const ask = async (method: string, url: string, signal: AbortSignal, body?: unknown, waitMs = 0): Promise<string> => {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'user-agent': 'faultline-client',
      ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(waitMs + graceMs)]);
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await untraced(() => fetch(url, { method, headers, redirect: 'manual', signal: limit, ...sent })).catch(unreachable);
    const text = await answer.text().catch(unreachable);
    if (answer.status >= 200 && answer.status < 300) return text;
    throw refusal(answer.status, text, retryAfterMs(answer.headers?.get('retry-after') ?? null, dateMs()));
  };
  return {
    create: async (start, signal) => void (await ask('PUT', root, signal, { start })),
    join: async (release, signal) => {
      const text = await ask('PUT', `${root}/instances/${instance}`, signal, { lease_ms: leaseMs, release });
      return read(text, () => (JSON.parse(text) as { readonly lanes: readonly LeasedLane[] }).lanes);
    },
    leave: async (signal) => void (await ask('DELETE', `${root}/instances/${instance}`, signal)),
    checkpoint: async (checkpoints, signal) => {
      try {
        const text = await ask('POST', `${root}/checkpoints`, signal, { checkpoints });
        return read(text, () => (JSON.parse(text) as { readonly checkpoints: readonly CheckpointResult[] }).checkpoints);
      } catch (error) {
        if (!(error instanceof ConsumerError) || error.code !== 'checkpoint_refused') throw error;
        return error.details as unknown as readonly CheckpointResult[];
      }
    },
    read: async (lane, after, waitMs, signal) => {
      const asked = new URLSearchParams({
        lane: `${lane}`,
        after: `${after}`,
        wait_ms: `${waitMs}`,
        limit: `${maxEvents}`,
        max_bytes: `${maxBytes}`,
        ...filters,
      });
      const text = await ask('GET', `${root}/events?${asked.toString()}`, signal, undefined, waitMs);
      return read(text, () => readPage(text));
    },
  };
};

const read = <Value>(text: string, parse: () => Value): Value => {
  try {
    return parse();
  } catch (cause) {
    throw new ConsumerError('unreadable', `The answer is not of the contract: ${text.slice(0, 200)}`, { cause });
  }
};

const unreachable = (cause: unknown): never => {
  throw new ConsumerError('unreachable', `No answer: ${(cause as Error).message}`, { cause });
};

const refusal = (status: number, text: string, afterMs: number | null): ConsumerError => {
  try {
    const { code, message, details } = (JSON.parse(text) as { error: { code: string; message: string; details?: unknown } }).error;
    return new ConsumerError(code, message, { status, details, retryAfterMs: afterMs });
  } catch {
    // Of a proxy in between, or of something else at this address.
    return new ConsumerError('unreadable', `The answer is ${status} without a code: ${text.slice(0, 200)}`, {
      status,
      retryAfterMs: afterMs,
    });
  }
};
