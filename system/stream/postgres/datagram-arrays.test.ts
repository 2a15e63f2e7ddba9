// What the books are told with a batch, and with a beat.
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { fakeRequest } from '../../ingest/testing.ts';
import type { DatagramDoor, DatagramSender, SenderNews } from '../datagrams.ts';
import { datagramArrays } from './datagram-arrays.ts';
import { createPostgresDatagramBooks } from './datagram-books.ts';

const sender: DatagramSender = { tenant: 'default', source: 'till', boot: 'a', first: 1 };
const withHands = (inHands: number): DatagramDoor => ({
  name: 'door',
  counts: () => ({ received: 9, unread: 0, dropped: 0, inDoubt: 0, kernelDropped: 0, inHands }),
});
/** Of six counts the last; a header of 20 bytes, and 12 for each. */
const inHandsOf = (counts: unknown): bigint => (counts as Buffer).readBigInt64BE(20 + 5 * 12 + 4);

test('what a batch books is not in hands any more, and what else is still is', () => {
  const requests = [1, 2, null].map((number, index) => fakeRequest(index + 1, { datagram: { sender, number, isUndecided: number === 2 } }));
  const handsToldBy = (inHands: number) => inHandsOf(datagramArrays(requests, withHands(inHands))?.[1]);
  expect([handsToldBy(5), handsToldBy(2), handsToldBy(1)]).toEqual([3n, 0n, 0n]);
});

test('what a beat books is not in hands any more', async () => {
  const told: unknown[][] = [];
  const pool = { query: async ({ values }: { readonly values: unknown[] }) => void told.push(values) } as unknown as Pool;
  const news: SenderNews = {
    sender,
    highest: 4,
    received: 2,
    undecided: 1,
    repeated: 5,
    refused: 9,
    markedDatagrams: 0,
    markedEvents: 0,
  };
  await createPostgresDatagramBooks(pool, withHands(7)).book({ beat: 1, isClosing: false, news: [news] });
  expect(told.map((values) => inHandsOf(values[3]))).toEqual([4n]);
});
