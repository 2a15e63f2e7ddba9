// For tests of the consumer API: a log filled by hand, time that a test moves, and a reader of server-sent events as the HTML standard has it.
import { connect, type Socket } from 'node:net';
import { vi } from 'vitest';
import type { QueryUnderTest } from '../testing.ts';
import type { Timers } from './head-watch.ts';

const appendEvents = `
  with moved as (update lanes set head = head + $2 where lane = $1 returning head)
  insert into log (stream_version, lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, body)
  select 1, $1, head - $2 + n, $1 * 1000000 + head - $2 + n, $3, $4, 'object-' || n, $5, now(), 'client', now(), coalesce($6, '{"metadata":{"n":' || n || '}}')
  from moved, generate_series(1, $2::integer) n`;

export type Appended = { readonly tenant?: string; readonly system?: string; readonly name?: string; readonly body?: string };

export const append = async (query: QueryUnderTest, lane: number, count: number, event: Appended = {}): Promise<void> => {
  const { tenant = 'default', system = 'shop', name = 'paid', body = null } = event;
  await query.pool.query(appendEvents, [lane, count, tenant, system, name, body]);
};

/** As retention does; `told`: whether the lane's row says so already. */
export const dropUpTo = async (query: QueryUnderTest, lane: number, position: number, told = true): Promise<void> => {
  await query.pool.query('delete from log where lane = $1 and position <= $2', [lane, position]);
  if (told) await query.pool.query('update lanes set low_water = $2 where lane = $1', [lane, position]);
};

export type Frame = { readonly id: string | undefined; readonly event: string; readonly data: string };

export type FrameReader = AsyncDisposable & {
  readonly status: number;
  /** The next frame that is no comment; undefined: the stream ended. */
  next(): Promise<Frame | undefined>;
  /** How many comments came by. */
  readonly comments: number;
};

export const openStream = async (url: string, headers: Record<string, string> = {}): Promise<FrameReader> => {
  const closing = new AbortController();
  const response = await fetch(url, { headers, signal: closing.signal });
  const frames = framesOf(response);
  let comments = 0;
  return {
    status: response.status,
    next: async () => {
      for await (const frame of { [Symbol.asyncIterator]: () => frames }) {
        if ('event' in frame) return frame;
        comments += 1;
      }
      return undefined;
    },
    get comments() {
      return comments;
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await frames.return?.(undefined).catch(() => undefined);
    },
  };
};

const framesOf = (response: Response): AsyncIterator<Frame | { readonly comment: true }> => {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const read = async (): Promise<IteratorResult<Frame | { readonly comment: true }>> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        return { done: false, value: toFrame(block) };
      }
      const { done, value } = await reader.read();
      if (done) return { done: true, value: undefined };
      text += value;
    }
  };
  return { next: read };
};

const toFrame = (block: string): Frame | { readonly comment: true } => {
  const fields = block.split('\n').flatMap((line) => (line.startsWith(':') ? [] : [/^(\w+): ?(.*)$/.exec(line)!]));
  if (fields.length === 0) return { comment: true };
  const valueOf = (name: string) => fields.filter((field) => field[1] === name).map((field) => field[2]!);
  return { id: valueOf('id').at(-1), event: valueOf('event').at(-1) ?? 'message', data: valueOf('data').join('\n') };
};

/** A reader that asks, and takes nothing more once it is paused. */
export const openSocket = async (address: string, path: string): Promise<Socket> => {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => void socket.once('connect', () => resolve()));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  return socket;
};

/** Time that stands still until it is told to go on. */
export const createStillTimers = () => {
  let nowMs = 0;
  const due = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const timers: Timers = {
    after: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run };
      due.add(timer);
      return { [Symbol.dispose]: () => void due.delete(timer) };
    },
  };
  const advance = async (ms: number) => {
    const untilMs = nowMs + ms;
    for (;;) {
      await vi.waitFor(() => Promise.resolve());
      const next = [...due].toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      nowMs = next.atMs;
      due.delete(next);
      next.run();
    }
    nowMs = untilMs;
  };
  return { timers, advance, due };
};
