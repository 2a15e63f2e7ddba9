// Where a processor is tried: a schema of its own on a connection that was handed over, or a database of its own on a PostgreSQL that is started once for
// the process that tests, and ends with it.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, type ClientBase } from 'pg';
import { wholeNumbers } from '../../storage/postgres/connection.ts';
import { createSession, type Session } from '../../storage/postgres/session.ts';
import { removeLeftovers } from './test-folders.ts';

export type TestPlace = AsyncDisposable & { readonly session: Session; readonly client: ClientBase };

/** A connection of `pg`, without an open transaction. What is there is left alone. */
export const openGiven = async (given: Client): Promise<TestPlace> => {
  const client = withNumbers(given);
  const schema = `faultline_test_${randomBytes(6).toString('hex')}`;
  const { rows } = await client.query<{ path: string }>(`select current_setting('search_path') as path`);
  await client.query(`create schema ${schema}`);
  await client.query(`set search_path to ${schema}`);
  const session: Session = {
    client: () => Promise.resolve(client),
    query: (statement) => client.query(statement as { text: string }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    session,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.query(`drop schema ${schema} cascade`);
      await client.query(`select set_config('search_path', $1, false)`, [rows[0]!.path]);
    },
  };
};

/** As the workers' connections: bigints are numbers. The given connection itself stays as it is. */
const withNumbers = (given: Client): Client =>
  new Proxy(given, {
    get: (target, name) => {
      if (name === 'query')
        return (statement: string | object, values?: unknown[]) =>
          target.query({
            ...(typeof statement === 'string' ? { text: statement, ...(values && { values }) } : statement),
            types: wholeNumbers,
          } as never);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** Its address, once it is ready. */
let server: Promise<string> | null = null;
/** Nothing of it has to survive anything. */
const settings = 'fsync=off;full_page_writes=off;synchronous_commit=off;shared_buffers=32MB;max_connections=50';
const leaseMs = 600_000;

export const openOwn = async (): Promise<TestPlace> => {
  const address = await (server ??= startServer());
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(address, `create database ${name}`);
  const url = new URL(address);
  url.pathname = `/${name}`;
  const session = createSession({ databaseUrl: url.href, name: 'faultline-processor-test', leaseMs });
  return {
    session,
    client: await session.client(),
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await onServer(address, `drop database ${name} with (force)`);
    },
  };
};

const program = fileURLToPath(new URL(`test-postgres${extname(import.meta.url)}`, import.meta.url));

type Line = { readonly event_name?: string; readonly body: string; readonly attributes: { readonly address?: string } };

/** It does not keep the process that tests alive, and ends when that one is gone. */
const startServer = async (): Promise<string> => {
  await removeLeftovers();
  const ours = { FAULTLINE_POSTGRES_SETTINGS: settings, FAULTLINE_EXIT_WITH_PARENT: 'true' };
  const child = spawn(process.execPath, [program], { env: { ...process.env, ...ours }, stdio: ['pipe', 'pipe', 'inherit'] });
  const ready = Promise.withResolvers<string>();
  let last = 'no reason given';
  // Read to the end, or a full pipe would stop the server.
  createInterface({ input: child.stdout }).on('line', (text) => {
    const { event_name: event, body, attributes } = JSON.parse(text) as Line;
    last = body;
    if (event === 'faultline.process.ready') ready.resolve(attributes.address ?? '');
  });
  child.once('error', ready.reject);
  child.once('exit', () => ready.reject(new Error(`PostgreSQL did not start: ${last}`)));
  const address = await ready.promise;
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as Socket).unref();
  return address;
};

const onServer = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};
