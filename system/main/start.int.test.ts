import { execa } from 'execa';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent, fetch as fetchVia } from 'undici';
import { createTestCertificate } from '../contract/testing.ts';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { createTestDatabase } from '../storage/postgres/testing.ts';
import { dutySessions } from './connections.ts';
import { findFreePort } from './postgres/free-port.ts';
import { countConnections, workerConnections, type CountedProcesses } from './start/count-connections.ts';
import { processStart } from './start/process-start.ts';

const program = join(import.meta.dirname, 'start.ts');
const event = {
  system_name: 'shop',
  object_id: 'order-1',
  event_name: 'order_placed',
  event_time: '2026-01-02T03:04:05Z',
  metadata: { total: 42 },
};

let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'faultline-start-test-'));
});

afterAll(() => rm(data, { recursive: true, force: true }));

type Options = { readonly flags?: readonly string[]; readonly environment?: Readonly<Record<string, string>> };

const launch = ({ flags = [], environment = {} }: Options) =>
  execa(process.execPath, [program, '--data', data, '--port', '0', '--query-port', '0', ...flags], {
    env: environment,
    reject: false,
    stdin: 'ignore',
    forceKillAfterDelay: 20_000,
  });

/** Starts it and waits for its addresses. Disposing sends SIGTERM and waits. */
const start = async (options: Options = {}) => {
  const child = launch(options);
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = child.then(() => `it ended: ${said}`);
  const ready = async (): Promise<null> => {
    await expect.poll(() => said, { timeout: 90_000 }).toContain('Ctrl-C stops it');
    return null;
  };
  expect(await Promise.race([ready(), ended])).toBeNull();
  const url = (name: string): string => new RegExp(`^${name}\\s+(https?://\\S+)`, 'm').exec(said)?.[1] ?? `no ${name} in: ${said}`;
  const stop = async () => {
    child.kill('SIGTERM');
    return await child;
  };
  return {
    child,
    pid: child.pid ?? 0,
    said: () => said,
    ingestUrl: url('ingest'),
    queryUrl: url('query'),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
};

const send = async (ingestUrl: string): Promise<number> => {
  const response = await fetch(`${ingestUrl}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: number }).id;
};

const answerOf = async (url: string): Promise<unknown> => await (await fetch(url)).json();

const refuse = async (options: Options) => {
  const { exitCode, stderr } = await launch(options);
  return { exitCode, stderr };
};

const childrenOf = async (pid: number): Promise<readonly number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number);

const commandOf = async (pid: number): Promise<string> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');

const childNamed = async (pid: number, name: string): Promise<number> => {
  for (const child of await childrenOf(pid)) if ((await commandOf(child)).includes(name)) return child;
  return expect.unreachable(`no child ${name}`);
};

/** One that ended and that nobody waits for, as where a container's first process looks after no orphans, lives no more. */
const living = async (pids: readonly number[]): Promise<readonly number[]> => {
  const starts = await Promise.all(pids.map(processStart));
  return pids.filter((_pid, index) => starts[index] !== null);
};

/** PostgreSQL takes as many connections as were counted, and a worker opens no more than is counted for it. */
const expectRoom = async (counted: CountedProcesses): Promise<void> => {
  const { stdout: databaseUrl } = await execa(process.execPath, [join(import.meta.dirname, 'ops.ts'), 'database-url', '--data', data]);
  const pool = createTestPool(databaseUrl);
  const { rows } = await pool.query<{ most: number; open: number }>(
    `select current_setting('max_connections')::int as most,
            (select count(*)::int from pg_stat_activity where application_name like 'faultline-worker-%') as open`,
  );
  await pool.end();
  expect(rows[0]!.most).toBe(countConnections(counted));
  expect(rows[0]!.most).toBeGreaterThan(100);
  expect(rows[0]!.open).toBeGreaterThan(workerConnections(counted) / 2);
  expect(rows[0]!.open).toBeLessThanOrEqual(workerConnections(counted) + dutySessions.length);
};

test('an event sent is there after a stop and a start, and a second start on the folder is refused with the pid of the first', async () => {
  const first = await start({ environment: { FAULTLINE_UDP_PORT: '0' } });
  expect(first.said()).toMatch(/^udp +udp:\/\/127\.0\.0\.1:[1-9]\d*$/m);
  const id = await send(first.ingestUrl);
  await expect.poll(() => answerOf(`${first.queryUrl}/events/${id}`), { timeout: 15_000 }).toMatchObject({ id, object_id: 'order-1' });
  const { stdout: databaseUrl } = await execa(process.execPath, [join(import.meta.dirname, 'ops.ts'), 'database-url', '--data', data]);
  const withoutPassword = { DATABASE_URL: databaseUrl.replace(/:[^:@]+@/, '@') };
  const lost = await execa(process.execPath, [join(import.meta.dirname, 'ops.ts'), 'keys', 'list'], {
    env: withoutPassword,
    reject: false,
  });
  expect([lost.exitCode, lost.stderr]).toEqual([3, expect.stringContaining('the server asks for a password, and the address has none')]);
  const pool = createTestPool(databaseUrl);
  const { rows } = await pool.query('select object_id from events');
  await pool.end();
  expect(rows).toEqual([{ object_id: 'order-1' }]);
  expect(await refuse({})).toEqual({ exitCode: 3, stderr: expect.stringMatching(new RegExp(`FL_DATA_IN_USE.*pid ${first.pid}`)) });
  // As of one Ctrl-C on `npm start`, which the terminal sends and npm as well: two signals at once are one.
  first.child.kill('SIGHUP');
  const { exitCode, stderr } = await first.stop();
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/stopping ingest\nstopping workers\nstopping query\nstopping PostgreSQL/);

  const many = { FAULTLINE_FLUSHERS: '16', FAULTLINE_WORKER_THREADS: '4' };
  await using second = await start({ flags: ['--ingest', '2', '--workers', '1'], environment: many });
  expect(second.said()).toContain('1 event, all processed');
  await expectRoom({ ingest: 2, workers: 1, processors: 0, flushers: 16, workerThreads: 4 });
  expect(await answerOf(`${second.queryUrl}/timelines/shop/order-1`)).toMatchObject({ entries: [{ event_id: id }] });
}, 180_000);

test.runIf(process.platform === 'linux')('a process that is killed is started again, and this is said', async () => {
  await using system = await start({ flags: ['--workers', '1'] });
  process.kill(await childNamed(system.pid, 'main/ingest.ts'), 'SIGKILL');
  await expect.poll(() => system.said(), { timeout: 15_000 }).toMatch(/ingest ended by SIGKILL; it is started again[^]*ingest runs again/);
  await send(system.ingestUrl);
});

test.runIf(process.platform === 'linux')(
  'killed with -9, nothing of it lives on, and the next start is not refused',
  async () => {
    const system = await start({ flags: ['--workers', '1'] });
    const children = await childrenOf(system.pid);
    expect(children).toHaveLength(4);
    const postmaster = await childNamed(await childNamed(system.pid, 'main/postgres.ts'), 'bin/postgres');
    process.kill(system.pid, 'SIGKILL');
    await expect.poll(() => living([...children, postmaster])).toEqual([]);
    await using next = await start({ flags: ['--workers', '1'] });
    expect(next.said()).toMatch(/state\s+\d+ event/);
  },
  180_000,
);

test('a taken port is refused with who has it, before anything starts', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const who = process.platform === 'linux' ? `by pid ${process.pid}` : 'taken';
  expect(await refuse({ flags: ['--port', String(port)] })).toEqual({ exitCode: 3, stderr: expect.stringContaining(who) });
  expect(await refuse({ flags: ['--query-port', String(port)] })).toEqual({ exitCode: 3, stderr: expect.stringContaining('--query-port') });
  server.close();
});

test('one port for two doors is refused before anything starts, with the flags', async () => {
  const port = String(await findFreePort());
  const { exitCode, stderr } = await refuse({ flags: ['--port', port, '--query-port', port] });
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringMatching(new RegExp(`FL_SETTINGS_INVALID.*--port and --query-port are both ${port}`)),
  ]);
  expect(stderr).not.toContain('PostgreSQL');
});

test('a port that a process finds taken is told without what npm start refuses', async () => {
  await using database = await createTestDatabase();
  const taken = createSocket('udp4').bind(0, '127.0.0.1');
  await once(taken, 'listening');
  const environment = { DATABASE_URL: database.url, FAULTLINE_UDP_PORT: String(taken.address().port) };
  const { exitCode, stderr } = await refuse({ environment, flags: ['--workers', '1'] });
  taken.close();
  expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/FL_PORT_TAKEN.*set FAULTLINE_UDP_PORT to another/i)]);
  expect(stderr).not.toContain('FAULTLINE_REUSE_PORT');
});

test('a data folder of another version is refused', async () => {
  const marker = join(data, 'cluster/faultline.json');
  const kept = await readFile(marker, 'utf8');
  await writeFile(marker, JSON.stringify({ ...JSON.parse(kept), major: 16, postgres: '16.9' }));
  expect(await refuse({})).toEqual({ exitCode: 3, stderr: expect.stringMatching(/FL_DATA_VERSION.*16\.9/) });
  await writeFile(marker, kept);
});

test("DATABASE_URL uses the user's database, with what else was asked for; an unreachable one is named without its password", async () => {
  await using database = await createTestDatabase();
  {
    const processor = join(import.meta.dirname, '../../examples/daily-revenue/revenue.ts');
    const environment = { DATABASE_URL: database.url, FAULTLINE_UDP_PORT: '0' };
    await using system = await start({ environment, flags: ['--workers', '1', '--processor', processor] });
    expect(system.said()).toContain('of DATABASE_URL');
    expect(system.said()).toMatch(/^udp +udp:\/\/127\.0\.0\.1:\d+$/m);
    expect(system.said()).toMatch(/^workers +1, with daily-revenue\/1$/m);
    expect(system.said()).not.toContain(new URL(database.url).password || 'nothing to leak');
    await send(system.ingestUrl);
  }
  const wrong = { DATABASE_URL: 'postgresql://me:s3cret@127.0.0.1:1/db' };
  const { exitCode, stderr } = await refuse({ environment: wrong });
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/FL_DATABASE_UNREACHABLE.*me@127\.0\.0\.1:1\/db.*ECONNREFUSED/);
  expect(stderr).not.toContain('s3cret');
});

test('bad usage ends with 3 and says what is near', async () => {
  expect(await refuse({ flags: ['--wrokers', '2'] })).toEqual({ exitCode: 3, stderr: expect.stringContaining('--workers') });
  expect(await refuse({ environment: { FAULTLINE_HOST: '0.0.0.0' } })).toEqual({
    exitCode: 3,
    stderr: expect.stringContaining('loopback'),
  });
  const twoMistakes = await refuse({ environment: { FAULTLINE_UDP_PORT: '99999', FAULTLINE_RETENTION_DAYS: 'x' } });
  expect(twoMistakes.exitCode).toBe(3);
  expect(twoMistakes.stderr).toMatch(/FAULTLINE_UDP_PORT is '99999'[^]*FAULTLINE_RETENTION_DAYS is 'x'/);
  // Told before anything was started, not by the process that would have ended of it.
  expect(twoMistakes.stderr).not.toContain('stopping');
  expect(await refuse({ environment: { FAULTLINE_PORT: '4000' } })).toEqual({ exitCode: 3, stderr: expect.stringContaining('--port') });
});

test('with a certificate and its key all is HTTPS; with a file that is not one nothing starts', async () => {
  const { cert, key } = createTestCertificate();
  const files = { FAULTLINE_TLS_CERT: join(data, 'cert.pem'), FAULTLINE_TLS_KEY: join(data, 'key.pem') };
  await writeFile(files.FAULTLINE_TLS_CERT, cert);
  await writeFile(files.FAULTLINE_TLS_KEY, key);
  {
    await using database = await createTestDatabase();
    await using system = await start({ environment: { ...files, DATABASE_URL: database.url }, flags: ['--workers', '1'] });
    expect(system.said()).toMatch(/state\s+empty: no event yet/);
    expect(system.said()).toContain(`curl -sS --cacert ${files.FAULTLINE_TLS_CERT} https://`);
    const dispatcher = new Agent({ connect: { ca: cert } });
    for (const url of [system.ingestUrl, system.queryUrl]) {
      expect(url).toMatch(/^https:/);
      expect((await fetchVia(`${url}/ready`, { dispatcher })).status).toBe(200);
      await expect(fetchVia(url.replace('https:', 'http:'))).rejects.toThrow('fetch failed');
    }
    await dispatcher.close();
  }
  await writeFile(files.FAULTLINE_TLS_CERT, key);
  expect(await refuse({ environment: files })).toEqual({
    exitCode: 3,
    stderr: expect.stringMatching(
      /^faultline can't start \(FL_TLS_INVALID\): FAULTLINE_TLS_CERT is '[^']+cert\.pem': no certificate in PEM/,
    ),
  });
});
