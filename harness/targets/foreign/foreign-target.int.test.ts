// A target file as a running target: real processes, whose output tells when they are ready.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../engine/clock.ts';
import { createObservations } from '../../faults/observations.ts';
import { strike } from '../../faults/strike.ts';
import { processState } from '../../stack/process-identity.ts';
import { createRegistry, type ProcessRegistry } from '../../stack/process-registry.ts';
import { lacksBeside } from '../offers.ts';
import type { StartOptions } from '../target.ts';
import { createForeignTarget } from './foreign-target.ts';
import type { ProcessRequest, StartContext, StartedSystem, TargetFile } from './target-file.ts';

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

type Start = (context: StartContext) => Promise<Partial<StartedSystem>>;
const fileOf = (begin: Start): TargetFile => ({
  name: 'made-up',
  offers: ['read-back', 'processes'],
  start: async (context) => ({
    url: 'http://127.0.0.1:9',
    pending: async () => ['one of them'],
    readBack: async function* () {
      yield { id: 1, systemName: 's', objectId: 'o', eventName: 'e', idempotencyKey: 'k', receivedAt: 5 };
    },
    ...(await begin(context)),
  }),
});

const otlp = { urls: { metrics: 'http://stack/m', traces: 'http://stack/t', logs: 'http://stack/l' }, headers: {} };
const startFile = (begin: Start, clock: Clock = systemClock) => {
  const file = fileOf(begin);
  const place = { file, path: '/project/target.ts', registry, clock };
  const target = createForeignTarget({ ...place, lacks: lacksBeside(file.offers), serverUrl: null });
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
const start = (request: ProcessRequest) => startFile(async ({ startProcess }) => ({ url: (await startProcess(request)).address }));

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

test('none is started beside one that runs, nor two in the slot of one', async () => {
  await using target = await start(program);
  const [first] = target.processes();
  await expect(target.restart('ingest', 0)).rejects.toThrow(/ingest 0 \(pid \d+\) still runs/);
  process.kill(first!.pid, 'SIGKILL');
  const [one, other] = await Promise.allSettled([target.restart('ingest', 0), target.restart('ingest', 0)]);
  expect([one.status, other.status]).toEqual(['fulfilled', 'rejected']);
  expect(target.processes()).toHaveLength(1);
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

test('what offers to be read back and gives no readBack is refused, and is taken down', async () => {
  let pid = 0;
  const misspelt = startFile(async ({ startProcess }) => {
    ({ pid } = await startProcess(program));
    return { readBack: undefined, readback: () => [] } as unknown as Partial<StartedSystem>;
  });
  await expect(misspelt).rejects.toMatchObject({ code: 'FL_TARGET_FILE', message: /gave back .*readback:\n {2}readBack: must be/ });
  expect(isGone(pid)).toBe(true);
});

test('what gives nothing back from start is refused by name', async () => {
  const nothing = startFile(async () => ({ url: undefined, pending: undefined }) as unknown as Partial<StartedSystem>);
  await expect(nothing).rejects.toMatchObject({ code: 'FL_TARGET_FILE', message: /url: must be the URL[^]*pending: must be/ });
});

const isGone = (pid: number): boolean => processState(pid) === null;
const greet = async (url: string): Promise<string> => (await fetch(url)).text();

describe('what a shell starts in its turn', () => {
  const sayPid = server.replace('process.env.GREETING', "'' + process.pid");
  /** The shell waits for it: it can't put it in its own place. */
  const byShell: ProcessRequest = { ...program, command: 'sh', args: ['-c', 'true; "$0" -e "$1"; exit $?', process.execPath, sayPid] };

  test('ends with it when the target is taken down', async () => {
    let pid = 0;
    {
      await using target = await start(byShell);
      pid = Number(await greet(target.ingestUrl));
      expect(pid).not.toBe(target.processes()[0]!.pid);
      expect(isGone(pid)).toBe(false);
    }
    expect(isGone(pid)).toBe(true);
  });

  test('dies with it of a kill, which claims no effect before, and is started again on the same port', async () => {
    await using target = await start(byShell);
    const pid = Number(await greet(target.ingestUrl));
    const observations = createObservations(systemClock, () => {});
    expect(await strike(target.processes()[0]!, { clock: systemClock }, observations)).toBe('killed');
    expect(isGone(pid)).toBe(true);
    await target.restart('ingest', 0);
    expect(Number(await greet(target.ingestUrl))).not.toBe(pid);
  });

  test('is stopped and goes on with it', async () => {
    await using target = await start(byShell);
    const pid = Number(await greet(target.ingestUrl));
    const [shell] = target.processes();
    expect(shell!.kill('SIGSTOP')).toBe(true);
    await expect.poll(() => processState(pid)?.state).toBe('T');
    expect(shell!.kill('SIGCONT')).toBe(true);
    await expect.poll(() => greet(target.ingestUrl)).toBe(String(pid));
  });

  test('ends when the target is taken down, also where the shell was gone before', async () => {
    let pid = 0;
    {
      await using target = await start(byShell);
      pid = Number(await greet(target.ingestUrl));
      process.kill(target.processes()[0]!.pid, 'SIGKILL');
      await expect.poll(() => isGone(target.processes()[0]!.pid)).toBe(true);
    }
    expect(isGone(pid)).toBe(true);
  });
});

describe('a target file that does not take itself down', () => {
  const run = async (stop: () => Promise<void>, clock?: Clock) => {
    let [pid, place] = [0, ''];
    const target = await startFile(async ({ startProcess, folder: own }) => {
      ({ pid } = await startProcess(program));
      place = own;
      return { stop };
    }, clock);
    const error: unknown = await target[Symbol.asyncDispose]().then(
      () => null,
      (reason: unknown) => reason,
    );
    return { error, isGone: isGone(pid), isEmpty: !existsSync(place) };
  };

  test('since its stop fails is told, by its name and place, and its processes and its folder are gone all the same', async () => {
    expect(await run(() => Promise.reject(new Error('no such socket')))).toMatchObject({
      error: { code: 'FL_TARGET_FAILED', message: 'stop() of target made-up (/project/target.ts) failed: no such socket' },
      isGone: true,
      isEmpty: true,
    });
    const stop = () => {
      throw new Error('not even a promise');
    };
    expect(await run(stop)).toMatchObject({ error: { message: /failed: not even a promise/ }, isGone: true, isEmpty: true });
  });

  test('since its stop never settles is told with the bound, and its processes and its folder are gone all the same', async () => {
    const impatient: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms === 10_000 ? 1 : ms, signal) };
    expect(await run(() => new Promise(() => {}), impatient)).toMatchObject({
      error: { code: 'FL_TARGET_FAILED', message: /stop\(\) of target made-up \(\/project\/target\.ts\) did not settle within 10 s/ },
      isGone: true,
      isEmpty: true,
    });
  });

  test('since its start failed while another process of it was on its way leaves none', async () => {
    const slow = { ...program, args: ['-e', 'console.log("pid " + process.pid); setInterval(() => {}, 1000)'] };
    const logFile = join(folder, 'worker-0.log');
    const failing = startFile(async ({ startProcess }) => {
      void startProcess({ ...slow, role: 'worker' }).catch(() => undefined);
      await expect.poll(() => existsSync(logFile) && /pid \d/.test(readFileSync(logFile, 'utf8'))).toBe(true);
      throw new Error('it was not to be');
    });
    await expect(failing).rejects.toMatchObject({ code: 'FL_TARGET_FAILED', message: /made-up could not be started: it was not to be/ });
    const pid = Number(/pid (\d+)/.exec(readFileSync(logFile, 'utf8'))?.[1]);
    expect(isGone(pid)).toBe(true);
  });

  test('and starts two under one name leaves neither', async () => {
    const pids: number[] = [];
    {
      await using _target = await startFile(async ({ startProcess }) => {
        for (const request of [program, program]) pids.push((await startProcess(request)).pid);
        return {};
      });
    }
    expect(pids.map(isGone)).toEqual([true, true]);
  });
});
