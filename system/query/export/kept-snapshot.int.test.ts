import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../storage/postgres/testing.ts';
import { startTelemetry } from '../../telemetry/start-telemetry.ts';
import { systemTimers } from '../consumers/head-watch.ts';
import type { PacedWriter } from '../consumers/paced-writer.ts';
import { createReadPool } from '../create-read-pool.ts';
import { createReadDatabases } from '../read-database.ts';
import type { Route } from '../route.ts';
import { exportListing } from './export-listing.ts';
import { createRowFormat } from './format-rows.ts';

/** The server ends a transaction that is left alone for so long. */
const idleInTransactionMs = 3500;
const listing = { rows: 'rows', columns: ['n'], pageRows: 1 };

test('a snapshot outlives a reader who takes longer for one piece than a transaction may be left alone', async () => {
  await using database = await createTestDatabase();
  await using undo = new AsyncDisposableStack();
  const telemetry = await startTelemetry({ process: 'query', instance: 'export-test', environment: {}, write: () => {} });
  undo.defer(() => telemetry.shutdown());
  const pool = createReadPool({
    databaseUrl: database.url,
    applicationName: 'faultline-export-test',
    onError: () => {},
    idleInTransactionMs,
  });
  undo.defer(() => pool.end());
  const span = telemetry.tracer('faultline.query').start('export');
  const written: string[] = [];
  const take = async (text: string) => {
    written.push(text);
    await sleep(idleInTransactionMs + 600);
  };
  const writer: PacedWriter = {
    write: (text) => (text === '' ? Promise.resolve() : take(text)),
    gone: new AbortController().signal,
    end: () => {},
    finish: take,
    cut: (text) => void written.push(text),
  };
  const isWhole = await exportListing({
    route: {
      url: '/rows',
      respond: async ({ query: { cursor } }, { query }) => {
        const [row] = await query('SELECT', 'select 1 as n');
        return JSON.stringify({ rows: [row], next_cursor: cursor === undefined ? 'next' : null });
      },
    } as Partial<Route> as Route,
    listing,
    tenant: 'default',
    path: {},
    filters: {},
    format: createRowFormat('ndjson', listing, true),
    database: createReadDatabases(pool, telemetry).under(span),
    reply: { hijack: () => {} } as unknown as FastifyReply,
    openWriter: () => writer,
    pieceBytes: 1000,
    timers: systemTimers,
    stop: new AbortController().signal,
    onDefect: (error) => expect.unreachable(String(error)),
  });
  span.end();
  expect(written.join('')).toBe('{"n":1}\n{"n":1}\n{"export":{"complete":true,"rows":2}}\n');
  expect(isWhole).toBe(true);
});
