// The answer to a commit, thrown away on a real PostgreSQL connection: what the server keeps, and what the client is told.
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import type { TcpEffect } from '../scenario/faults/network-fault.ts';
import { openTcpLink, type TcpLink } from './tcp-link.ts';
import { systemTimers } from './timers.ts';

type World = AsyncDisposable & {
  readonly link: TcpLink;
  readonly direct: pg.Client;
  readonly table: string;
  /** Through the link. */
  connect(): Promise<pg.Client>;
  rows(): Promise<readonly number[]>;
};

let tables = 0;
const openWorld = async (): Promise<World> => {
  const url = new URL(inject('postgresUrl'));
  const to = { host: url.hostname, port: Number(url.port) };
  const link = await openTcpLink({ to, protocol: 'postgres', timers: systemTimers });
  const direct = new pg.Client({ connectionString: url.href });
  await direct.connect();
  const table = `swallowed_${process.pid}_${(tables += 1)}`;
  await direct.query(`create table ${table} (n int)`);
  const clients: pg.Client[] = [];
  return {
    link,
    direct,
    table,
    connect: async () => {
      const client = new pg.Client({ connectionString: Object.assign(new URL(url), { port: String(link.port) }).href });
      client.on('error', () => undefined);
      clients.push(client);
      await client.connect();
      return client;
    },
    rows: async () => (await direct.query<{ n: number }>(`select n from ${table} order by n`)).rows.map(({ n }) => n),
    [Symbol.asyncDispose]: async () => {
      await link[Symbol.asyncDispose]();
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await direct.query(`drop table ${table}`);
      await direct.end();
    },
  };
};

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: Error) => error.message,
  );
const swallow: TcpEffect = { effect: 'swallow-commit', times: 1 };

test('a COMMIT is kept by the server and never answered; the next one is answered again', async () => {
  await using world = await openWorld();
  const client = await world.connect();
  world.link.apply(1, swallow, 1);
  await client.query('begin');
  await client.query(`insert into ${world.table} values (1)`);
  expect(await codeOf(client.query('commit'))).toMatch(/terminated/);
  expect(await world.rows()).toEqual([1]);
  const again = await world.connect();
  await again.query('begin');
  await again.query(`insert into ${world.table} values (2)`);
  expect(await codeOf(again.query('commit'))).toBe('answered');
  expect(world.link.counts()).toMatchObject({ commitsSwallowed: 1 });
});

test('a named statement that commits by itself is told by its words, though it was prepared long before', async () => {
  await using world = await openWorld();
  const client = await world.connect();
  const insert = { name: 'put', text: `insert into ${world.table} values ($1)` };
  await client.query({ ...insert, values: [1] });
  world.link.apply(1, { ...swallow, statement: `insert into ${world.table}` }, 1);
  expect(await codeOf(client.query('select 1'))).toBe('answered');
  expect(await codeOf(client.query({ ...insert, values: [2] }))).toMatch(/terminated/);
  expect(await world.rows()).toEqual([1, 2]);
});

test('near-misses are answered: a rollback, a commit of what has failed, a statement that fails, one inside a transaction', async () => {
  await using world = await openWorld();
  const client = await world.connect();
  world.link.apply(1, swallow, 1);
  expect(await codeOf(client.query('begin').then(() => client.query('rollback')))).toBe('answered');
  await client.query('begin');
  expect(await codeOf(client.query('select 1 / 0'))).toMatch(/division by zero/);
  expect((await client.query('commit')).command).toBe('ROLLBACK');
  world.link.clear(1);
  world.link.apply(2, { ...swallow, statement: world.table }, 1);
  expect(await codeOf(client.query(`insert into ${world.table} values ($1)`, ['no number']))).toMatch(/invalid input/);
  await client.query('begin');
  expect(await codeOf(client.query(`insert into ${world.table} values ($1)`, [3]))).toBe('answered');
  await client.query('rollback');
  expect(world.link.counts()).toMatchObject({ commitsSwallowed: 0 });
});

test('after it nobody can connect for as long as it says, and everybody again when it is taken away', async () => {
  await using world = await openWorld();
  const client = await world.connect();
  world.link.apply(1, { ...swallow, statement: world.table, refuseForMs: 60_000 }, 1);
  expect(await codeOf(client.query(`insert into ${world.table} values (1)`))).toMatch(/terminated/);
  expect(await codeOf(world.connect())).not.toBe('answered');
  world.link.clear(1);
  expect((await (await world.connect()).query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('large answers, many rows and pipelined statements pass unharmed while nothing is to be swallowed', async () => {
  await using world = await openWorld();
  const client = await world.connect();
  world.link.apply(1, swallow, 1);
  const [big, many, none] = await Promise.all([
    client.query<{ x: string }>(`select repeat('x', 3000000) as x`),
    client.query<{ n: number }>('select n from generate_series(1, 20000) as n'),
    client.query('select 1 where false'),
  ]);
  expect(big.rows[0]?.x.length).toBe(3_000_000);
  expect(many.rows.reduce((sum, { n }) => sum + n, 0)).toBe(200_010_000);
  expect(none.rows).toEqual([]);
});
