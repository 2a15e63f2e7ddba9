import { expect, test } from 'vitest';
import { signals } from '../../contract/signals.ts';
import type { ReadDatabase } from '../read-database.ts';
import { type PacedWriter, ReaderGone } from './paced-writer.ts';
import { endReasons, streamEvents } from './stream-events.ts';

const rowOf = (position: number) => ({ head: 500, low_water: 0, first: 1, last: 500, position, body: '{}' });

/** One lane with 500 events, which are one page, and a reader who leaves before the next write is over. */
const start = (leavesAfter: number) => {
  const delivered: number[] = [];
  const texts: string[] = [];
  const rows = Array.from({ length: 500 }, (_, index) => rowOf(index + 1));
  const write = (text: string) => {
    const events = texts.filter((each) => each.includes('event: event')).length;
    if (events === leavesAfter) return Promise.reject(new ReaderGone('left'));
    texts.push(text);
    return Promise.resolve();
  };
  const writer = { write, gone: new AbortController().signal, end: () => {} } as unknown as PacedWriter;
  const ended = streamEvents({
    tenant: 'default',
    database: { query: () => Promise.resolve(rows) } as unknown as ReadDatabase,
    watch: { wait: () => Promise.reject(new ReaderGone('left')) } as never,
    writer,
    positions: new Map([[0, 0]]),
    filters: {} as never,
    heartbeatMs: 1000,
    readBytes: 1e6,
    stop: new AbortController().signal,
    delivered: (events) => void delivered.push(events),
    onDefect: (error) => {
      throw error;
    },
  });
  return { ended, delivered };
};

test.each([
  ['within a page: what it was given of it', 499, 499],
  ['before the first event: nothing', 0, 0],
])('of a reader who leaves %s is counted as delivered', async (_what, leavesAfter, counted) => {
  const { ended, delivered } = start(leavesAfter);
  expect(await ended).toBe('left');
  expect(delivered.reduce((sum, events) => sum + events, 0)).toBe(counted);
});

test('the catalogue of signals names each reason for which a stream ends', () => {
  expect(endReasons.filter((reason) => !signals.consumerStreamsEnded.meaning.includes(reason))).toEqual([]);
});
