import type { FastifyReply } from 'fastify';
import { describe, expect, test } from 'vitest';
import { type PacedWriter, SlowReader } from '../consumers/paced-writer.ts';
import { createStillTimers } from '../consumers/testing.ts';
import type { ReadDatabase } from '../read-database.ts';
import { RequestProblem } from '../request-problem.ts';
import type { Route } from '../route.ts';
import { exportListing } from './export-listing.ts';
import { createRowFormat } from './format-rows.ts';

const row = (number: number) => `{"n":${number},"text":"${'é'.repeat(50)}"}`;
const page = `{"rows":[${Array.from({ length: 100 }, (_, number) => row(number)).join(',')}],"next_cursor":null}`;
const listing = { rows: 'rows', columns: ['n', 'text'], pageRows: 100 };
const pieceBytes = 1000;

type Course = {
  /** Sees each piece before it is taken. */
  readonly onWrite?: (written: readonly string[], stopping: AbortController) => void;
  readonly tookMs?: number;
  /** Of the last text. */
  readonly finishTookMs?: number;
  /** What the snapshot answers while it is touched. */
  readonly touch?: () => Promise<void>;
  /** What ends the snapshot. */
  readonly commit?: (written: readonly string[]) => Promise<void>;
};

const nothing = async (): Promise<void> => {};

/** Exports one page of 100 rows of some 110 bytes. */
const exported = async ({ onWrite = () => {}, tookMs = 0, finishTookMs = 0, touch = nothing, commit = nothing }: Course = {}) => {
  const written: string[] = [];
  const asked: string[] = [];
  const stopping = new AbortController();
  const { timers, advance, due } = createStillTimers();
  const query = async (operation: string) => {
    asked.push(operation);
    await touch();
  };
  const snapshot = { query } as unknown as ReadDatabase;
  const writer: PacedWriter = {
    write: async (text) => {
      await advance(tookMs);
      written.push(text);
      onWrite(written, stopping);
    },
    gone: new AbortController().signal,
    end: () => {},
    finish: async (text) => {
      await advance(finishTookMs);
      written.push(text);
    },
    cut: (text) => void written.push(text),
  };
  const isWhole = await exportListing({
    route: { url: '/rows', respond: async () => page } as unknown as Route,
    listing,
    tenant: 'default',
    path: {},
    filters: {},
    format: createRowFormat('ndjson', listing, true),
    database: {
      query: snapshot.query,
      snapshot: async (read) => {
        const result = await read(snapshot);
        await commit(written);
        return result;
      },
    },
    reply: { hijack: () => {} } as unknown as FastifyReply,
    openWriter: () => writer,
    pieceBytes,
    timers,
    stop: stopping.signal,
    onDefect: (error) => expect.unreachable(String(error)),
  });
  return { isWhole, written, asked, due };
};

const rowsOf = (written: readonly string[]) => written.join('').split('\n').slice(0, -1);

describe('a page of an export', () => {
  test('is written in pieces of about a buffer, so that a slow reader is judged by one', async () => {
    const { isWhole, written } = await exported();
    expect(isWhole).toBe(true);
    expect(Math.max(...written.map((text) => Buffer.byteLength(text)))).toBeLessThan(pieceBytes + 200);
    const rows = rowsOf(written);
    expect(rows.slice(0, -1)).toEqual(Array.from({ length: 100 }, (_, number) => row(number)));
    expect(rows.at(-1)).toBe('{"export":{"complete":true,"rows":100}}');
  });

  test('is left where time is over, or the reader takes no more: between two pieces', async () => {
    const over = await exported({
      onWrite: (written, stopping) => {
        if (written.length === 3) stopping.abort(new RequestProblem('storage_unavailable', 'It took too long.'));
      },
    });
    const left = await exported({
      onWrite: (written) => {
        if (written.length === 4) throw new SlowReader('not taken');
      },
    });
    for (const [{ isWhole, written }, code] of [
      [over, 'storage_unavailable'],
      [left, 'slow_reader'],
    ] as const) {
      const last = JSON.parse(rowsOf(written).at(-1)!) as { export: { rows: number; error: { code: string } } };
      expect([isWhole, last.export.error.code]).toEqual([false, code]);
      expect(last.export.rows).toBeLessThan(40);
    }
  });

  test('keeps its snapshot while a reader takes long for it', async () => {
    expect((await exported()).asked).toEqual([]);
    // A page of a dozen pieces, each of which takes less than the time after which a snapshot is touched.
    expect((await exported({ tookMs: 600 })).asked.length).toBeGreaterThan(3);
    const { asked, due } = await exported({ tookMs: 1500 });
    expect(asked.length).toBeGreaterThan(5);
    expect([...due]).toEqual([]);
  });

  test('is what the reader was told of it, also where its snapshot can not be ended in order', async () => {
    const lost = () => Promise.reject(new RequestProblem('storage_unavailable', 'The connection broke.'));
    expect((await exported({ commit: lost })).isWhole).toBe(true);
    const left = () => {
      throw new SlowReader('not taken');
    };
    expect((await exported({ onWrite: left, commit: lost })).isWhole).toBe(false);
  });

  test('is whole, and needs no snapshot, while its reader takes the end of it', async () => {
    const lost = () => Promise.reject(new RequestProblem('storage_unavailable', 'The connection broke.'));
    const atCommit: string[] = [];
    const commit = async (sofar: readonly string[]) => void atCommit.push(...sofar);
    const { isWhole, written, asked } = await exported({ finishTookMs: 1500, touch: lost, commit });
    expect(atCommit).toEqual(written.slice(0, -1));
    expect([isWhole, asked]).toEqual([true, []]);
    expect(rowsOf(written).at(-1)).toBe('{"export":{"complete":true,"rows":100}}');
  });
});
