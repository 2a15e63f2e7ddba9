import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { exportListing } from './export.ts';
import { OpsError } from './ops-error.ts';
import type { OpsSurroundings } from './surroundings.ts';

const exportFrom = async (breaks: boolean, write: (text: string) => Promise<void>): Promise<unknown> => {
  await using server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(
      '{"a":1}\n{"a":2}\n',
      () => void (breaks ? response.destroy() : response.end('{"export":{"complete":true,"rows":2}}\n')),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const file = { write, keep: async () => {}, [Symbol.asyncDispose]: async () => {} };
  const surroundings = { apiKey: null, openFile: async () => file, err: () => {} } as unknown as OpsSurroundings;
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Awaited: the server is there until then.
  return await exportListing(base, '/events', { format: 'ndjson', out: 'events' }, surroundings).catch((error: unknown) => error);
};

test('a full disk is told as what it is, and not as a connection that broke', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(await exportFrom(false, () => Promise.reject(full))).toBe(full);
});

test('a connection that broke is', async () => {
  const error = await exportFrom(true, async () => {});
  expect(error).toBeInstanceOf(OpsError);
  expect((error as Error).message).toContain('The connection broke before the export was whole');
});

test('a whole one is done', async () => {
  expect(await exportFrom(false, async () => {})).toBe(0);
});
