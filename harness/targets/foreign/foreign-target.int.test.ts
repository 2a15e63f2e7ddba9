// A target file as a running target: real processes, whose output tells when they are ready.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../engine/clock.ts';
import { createRegistry, type ProcessRegistry } from '../../stack/process-registry.ts';
import { lacksBeside } from '../offers.ts';
import type { StartOptions } from '../target.ts';
import { createForeignTarget } from './foreign-target.ts';
import type { ProcessRequest, TargetFile } from './target-file.ts';

let folder = '';
let registry: ProcessRegistry;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-foreign-test-'));
  registry = createRegistry(join(folder, 'processes.ndjson'), 'test', systemClock.now);
});
afterAll(async () => {
  registry[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

const server = `const server = require('node:http').createServer((_, answer) => answer.end(process.env.GREETING));
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('up at http://127.0.0.1:' + server.address().port));`;
const program: ProcessRequest = {
  role: 'ingest',
  args: ['-e', server],
  environment: { GREETING: 'hello' },
  portVariable: 'PORT',
  ready: /up at (http:\S+)/,
};

const fileOf = (request: ProcessRequest): TargetFile => ({
  name: 'made-up',
  offers: ['read-back', 'processes'],
  start: async ({ startProcess }) => ({
    url: (await startProcess(request)).address,
    pending: async () => ['one of them'],
    readBack: async function* () {
      yield { id: 1, systemName: 's', objectId: 'o', eventName: 'e', idempotencyKey: 'k', receivedAt: 5 };
    },
  }),
});

const otlp = { urls: { metrics: 'http://stack/m', traces: 'http://stack/t', logs: 'http://stack/l' }, headers: {} };
const start = (request: ProcessRequest) => {
  const file = fileOf(request);
  const target = createForeignTarget({ file, lacks: lacksBeside(file.offers), serverUrl: null, registry, clock: systemClock });
  const options = {
    runId: 'r',
    scenario: 's',
    processes: { ingest: 1, worker: 0, query: 0 },
    environment: {},
    logFolder: folder,
    otlp,
    exportIntervalMs: 1000,
  };
  return target.start(options as unknown as StartOptions, new AbortController().signal);
};

test('its processes are known, are started again on the port that clients know, and are gone at the end', async () => {
  let pid = 0;
  {
    await using target = await start(program);
    const [first] = target.processes();
    expect(await (await fetch(target.ingestUrl)).text()).toBe('hello');
    process.kill(first!.pid, 'SIGKILL');
    const again = await target.restart('ingest', 0);
    expect(again.address).toBe(first!.address);
    expect(again.pid).not.toBe(first!.pid);
    expect(await (await fetch(target.ingestUrl)).text()).toBe('hello');
    expect(await target.pending()).toEqual(['one of them']);
    pid = again.pid;
  }
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});

test('what it kept is read back as rows of its own kind', async () => {
  await using target = await start(program);
  expect(await Array.fromAsync(target.readBack())).toEqual([
    { kind: 'stored', id: 1, systemName: 's', objectId: 'o', eventName: 'e', idempotencyKey: 'k', sequence: null, receivedAt: 5 },
  ]);
});

test('what it does not offer is refused by name', async () => {
  await using target = await start(program);
  await expect(target.query('select 1')).rejects.toMatchObject({ code: 'FL_TARGET_FILE', message: /made-up does not offer a database/ });
  await expect(target.lockReadModel()).rejects.toMatchObject({ code: 'FL_TARGET_FILE' });
  expect(target.lacks?.metrics).toBeDefined();
});

test('a process that ends before it is ready is told with what it said', async () => {
  const failing = { ...program, args: ['-e', 'console.log("no such database"); process.exit(1)'] };
  await expect(start(failing)).rejects.toMatchObject({
    code: 'FL_TARGET_FAILED',
    message: /ingest ended before it was ready; its log is .*no such database/s,
  });
});
