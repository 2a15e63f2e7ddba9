import { execa } from 'execa';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processStart } from './start/process-start.ts';
import { startPostgresProcess, type PostgresProcess } from '../storage/postgres/postgres-process.ts';

const isRoot = process.getuid?.() === 0;
const program = join(import.meta.dirname, 'postgres.ts');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-postgres-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (environment: Readonly<Record<string, string>> = {}): Promise<PostgresProcess> =>
  startPostgresProcess({ FAULTLINE_POSTGRES_DATA: folder, ...environment });

const ask = async <Row>(address: string, sql: string): Promise<readonly Row[]> => {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
};

/** Runs it where it must refuse, and returns its exit code and what it said. */
const refuse = async (environment: Readonly<Record<string, string>>) => {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program], {
    env: { FAULTLINE_POSTGRES_DATA: folder, ...environment },
    reject: false,
    stdin: 'ignore',
    timeout: 20_000,
  });
  const line = JSON.parse(stdout.split('\n').at(-1) ?? '{}') as { event_name: string; attributes: { code: string; message: string } };
  expect(stderr).toBe('');
  return { exitCode, event: line.event_name, ...line.attributes };
};

const markerFile = () => join(folder, 'cluster/faultline.json');

const withMarker = async (change: object, run: () => Promise<void>): Promise<void> => {
  const kept = await readFile(markerFile(), 'utf8');
  await writeFile(markerFile(), JSON.stringify({ ...JSON.parse(kept), ...change }));
  await run();
  await writeFile(markerFile(), kept);
};

test('what was written survives a stop and a start, and nobody gets in without the password', async () => {
  {
    await using first = await start();
    expect(first.new).toBe(true);
    await ask(first.address, "create table kept as select 'still here' as word");
    expect(
      await ask(first.address, "select name, setting from pg_settings where name in ('fsync', 'jit', 'synchronous_commit') order by name"),
    ).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'jit', setting: 'off' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
    const open = new URL(first.address);
    open.password = '';
    await expect(ask(open.href, 'select 1')).rejects.toThrow(/password/);
  }
  await using second = await start();
  expect(second.new).toBe(false);
  expect(await ask(second.address, 'select word from kept')).toEqual([{ word: 'still here' }]);
});

test('a server that runs on the folder is named with its pid', async () => {
  await using running = await start();
  expect(await refuse({})).toMatchObject({
    exitCode: 3,
    event: 'faultline.process.refused',
    code: 'FL_DATA_IN_USE',
    message: expect.stringContaining(`pid ${running.pid}`),
  });
  expect(await ask(running.address, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('killed with -9, it takes its server with it, and the next start recovers', async () => {
  const killed = await start();
  process.kill(killed.supervisorPid, 'SIGKILL');
  // Null too for one that ended and that nobody waits for, as where a container's first process looks after no orphans.
  await expect.poll(() => processStart(killed.pid), { timeout: 10_000 }).toBeNull();
  await using next = await start();
  expect(await ask(next.address, 'select word from kept')).toEqual([{ word: 'still here' }]);
});

test('when its server is killed with -9 it ends with the reason, and the next start recovers', async () => {
  const orphan = await start();
  process.kill(orphan.pid, 'SIGKILL');
  expect(await orphan.exited).toMatchObject({ exitCode: 1 });
  await using next = await start();
  expect(await ask(next.address, 'select word from kept')).toEqual([{ word: 'still here' }]);
});

test('when its server is killed with -9 while it is stopped it does not end as one that wrote all of it', async () => {
  const stopped = await start();
  const said = () => stopped.said.map(({ event_name }) => event_name);
  process.kill(stopped.pid, 'SIGSTOP');
  process.kill(stopped.supervisorPid, 'SIGTERM');
  await expect.poll(said).toContain('faultline.process.stopping');
  process.kill(stopped.pid, 'SIGKILL');
  expect(await stopped.exited).toMatchObject({ exitCode: 1 });
  expect(stopped.said.at(-1)).toMatchObject({
    event_name: 'faultline.process.failed',
    body: expect.stringMatching(/did not end in order .*SIGKILL/),
    attributes: { code: 'FL_POSTGRES_FAILED' },
  });
  await using next = await start();
  expect(await ask(next.address, 'select word from kept')).toEqual([{ word: 'still here' }]);
});

test('a cluster of another PostgreSQL major, or another format, is refused and left as it is', async () => {
  await withMarker({ major: 17, postgres: '17.5' }, async () =>
    expect(await refuse({})).toMatchObject({ exitCode: 3, code: 'FL_DATA_VERSION', message: expect.stringContaining('17.5') }),
  );
  await withMarker({ format: 2 }, async () =>
    expect(await refuse({})).toMatchObject({ exitCode: 3, code: 'FL_DATA_VERSION', message: expect.stringContaining('format 2') }),
  );
  await using same = await start();
  expect(same.new).toBe(false);
});

test('what a killed initdb left behind is removed, and what a live one is making is not', async () => {
  const dead = join(folder, 'cluster.making-999999999');
  const live = join(folder, `cluster.making-${process.pid}`);
  await mkdir(dead);
  await mkdir(live);
  expect(await refuse({})).toMatchObject({ code: 'FL_DATA_IN_USE', message: expect.stringContaining(String(process.pid)) });
  await rm(live, { recursive: true });
  await using _server = await start();
  expect(await readdir(folder)).not.toContain('cluster.making-999999999');
});

test('a taken port is refused with who has it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await refuse({ FAULTLINE_POSTGRES_PORT: String(port) })).toMatchObject({
    exitCode: 3,
    code: 'FL_PORT_TAKEN',
    message: expect.stringContaining(process.platform === 'linux' ? `pid ${process.pid}` : String(port)),
  });
  server.close();
});

test('a folder that holds something else is refused and left as it is', async () => {
  const foreign = join(folder, 'foreign');
  await mkdir(foreign);
  await writeFile(join(foreign, 'letters.txt'), 'dear');
  expect(await refuse({ FAULTLINE_POSTGRES_DATA: foreign })).toMatchObject({
    code: 'FL_DATA_FOREIGN',
    message: expect.stringContaining('letters.txt'),
  });
  expect(await readdir(foreign)).toEqual(['letters.txt']);
});

test('bad settings are refused by name', async () => {
  expect(await refuse({ FAULTLINE_POSTGRES_PORT: '70000' })).toMatchObject({
    code: 'FL_SETTINGS_INVALID',
    message: expect.stringContaining('70000'),
  });
  expect(await refuse({ FAULTLINE_POSTGRES_SETTINGS: 'x' })).toMatchObject({ code: 'FL_SETTINGS_INVALID' });
});

test.runIf(isRoot)("as root, a folder where the server's account can't go is refused with the folder that is closed", async () => {
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o700);
  expect(await refuse({ FAULTLINE_POSTGRES_DATA: join(closed, 'data') })).toMatchObject({
    code: 'FL_DATA_UNREACHABLE',
    message: expect.stringContaining(closed),
  });
});

test.runIf(isRoot)("as root, folders that are made on the way are open to the server's account", async () => {
  const deep = join(folder, 'made/on/the/way');
  await chmod(folder, 0o755);
  await using server = await start({ FAULTLINE_POSTGRES_DATA: deep });
  expect(server.new).toBe(true);
});

test.runIf(!isRoot)('a folder that we may not write is refused', async () => {
  expect(await refuse({ FAULTLINE_POSTGRES_DATA: '/faultline-data' })).toMatchObject({ code: 'FL_DATA_FORBIDDEN' });
});
