import { createServer } from 'node:net';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withDatabaseNamed } from './database-trouble.ts';

const named = { code: 'FL_DATABASE_UNREACHABLE' };
const refusedAt = (address: string) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED', syscall: 'connect' });

test.each([
  ['a connect that was refused', refusedAt('127.0.0.1:1')],
  ['both addresses of a name', Object.assign(new AggregateError([refusedAt('::1:1'), refusedAt('127.0.0.1:1')]), { code: 'ECONNREFUSED' })],
  ['a connection that was reset', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })],
  ['what the driver says without a code', new Error('Connection terminated unexpectedly')],
  ['a server that shuts down', Object.assign(new Error('terminating connection'), { code: '57P01' })],
])('%s is the database’s trouble', (_what, error) => {
  const found = withDatabaseNamed(error);
  expect(found).toMatchObject({ ...named, cause: error });
  expect(String(found)).toContain(error instanceof AggregateError ? 'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127' : error.message);
});

test('what comes of files and ports is not, nor what nobody expected', async () => {
  const missing: unknown = await open('/nowhere/at-all').catch((error: unknown) => error);
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  const second = createServer().listen(first.address() as { port: number });
  const [taken] = (await once(second, 'error').catch((error: unknown) => [error])) as [unknown];
  first.close();
  for (const error of [missing, taken, new Error('a defect'), null]) expect(withDatabaseNamed(error)).toBe(error);
});
