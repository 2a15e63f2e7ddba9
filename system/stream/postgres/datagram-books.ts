// The books of datagrams on PostgreSQL, as far as they go with no batch.
import type { Pool } from 'pg';
import type { DatagramBooks, DatagramDoor } from '../datagrams.ts';
import { int8Array } from './binary-array.ts';
import { countsArray, senderArrays } from './datagram-arrays.ts';

const text = 'select beat_datagrams($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)';
const withinMs = 5000;

export const createPostgresDatagramBooks = (pool: Pool, door: DatagramDoor): DatagramBooks => ({
  book: async ({ beat, isClosing, news }) => {
    const values = [
      beat,
      isClosing,
      door.name,
      countsArray(door, news),
      ...senderArrays(news.map(({ sender }) => sender)),
      int8Array(news.map(({ highest }) => highest)),
      int8Array(news.map(({ received }) => received)),
      int8Array(news.map(({ undecided }) => undecided)),
      int8Array(news.map(({ repeated }) => repeated)),
      int8Array(news.map(({ refused }) => refused)),
      int8Array(news.map(({ markedDatagrams }) => markedDatagrams)),
      int8Array(news.map(({ markedEvents }) => markedEvents)),
    ];
    // A server that froze answers no statement and times none out.
    const query = { text, values, query_timeout: withinMs };
    await pool.query(query);
  },
});
