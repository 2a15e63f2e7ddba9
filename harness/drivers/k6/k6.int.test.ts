// k6 itself, where it is: its samples as our history, its dropped arrivals, its metrics.
import { spawn as spawnChild } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readHistory } from '../../history/read-history.ts';
import type { TrafficSource } from '../../traffic/plan-events.ts';
import { driveByK6, type K6DriverOptions } from './driver.ts';
import { lookForK6 } from './find-k6.ts';
import type { SpawnK6 } from './run-k6.ts';

const program = lookForK6(process.env);
const folder = await mkdtemp(join(tmpdir(), 'faultline-k6-test-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const source: TrafficSource = {
  name: 'test',
  phases: [
    { name: 'one', kind: 'steady', seconds: 1, ratePerSecond: 50 },
    { name: 'two', kind: 'steady', seconds: 1, ratePerSecond: 100 },
  ],
  traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: 10 } },
};

const spawn: SpawnK6 = async (command, args, environment) => {
  const child = spawnChild(command, args, { env: { ...process.env, ...environment }, stdio: 'ignore' });
  const exited = once(child, 'exit').then(([code, signal]: unknown[]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  return {
    pid: child.pid ?? 0,
    exited,
    logFile: 'none',
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
const listen = async (
  answer: (body: string, count: number) => { status: number; body: unknown; delayMs?: number },
): Promise<AsyncDisposable & { url: string }> => {
  let count = 0;
  const server: Server = createServer(
    (request, response) =>
      void bodyOf(request).then((text) => {
        const { status, body, delayMs = 0 } = answer(text, (count += 1));
        setTimeout(
          () => response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '3' }).end(JSON.stringify(body)),
          delayMs,
        );
      }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
let runs = 0;
const optionsFor = (url: string, more: Partial<K6DriverOptions> = {}): K6DriverOptions => {
  runs += 1;
  return {
    program: program ?? '',
    folder: join(folder, String(runs)),
    spawn,
    otlpUrl: null,
    signal: new AbortController().signal,
    source,
    seed: 1,
    url,
    historyFile: join(folder, `${runs}.ndjson`),
    timeoutMs: 2000,
    users: 50,
    definiteRefusals: ['overloaded'],
    ...more,
  };
};

test.skipIf(program === null)(
  'k6 sends the plan, and its operations are a history like any other (skipped where there is no k6)',
  async () => {
    const bodies: string[] = [];
    await using server = await listen((body, count) => {
      bodies.push(body);
      return count % 10 === 0
        ? { status: 503, body: { error: { code: 'overloaded' } } }
        : { status: 200, body: { id: count, duplicate: false } };
    });
    const options = optionsFor(server.url);
    const { planned, sent, dropped } = await driveByK6(options);
    const history = await readHistory(options.historyFile);
    expect(history).toMatchObject({ complete: true, header: { scenario: 'test' } });
    expect(planned).toBe(150);
    expect(sent + dropped).toBeGreaterThanOrEqual(149);
    expect(history.operations).toHaveLength(sent);
    expect(new Set(history.operations.map(({ op }) => op)).size).toBe(sent);
    expect(new Set(bodies).size).toBe(sent);
    const refused = history.operations.filter(({ status }) => status === 503);
    expect(refused.length).toBe(bodies.length - history.operations.filter(({ outcome }) => outcome === 'ok').length);
    expect(refused[0]).toMatchObject({ outcome: 'failed', code: 'overloaded', retryAfterSeconds: 3, id: null });
    for (const { intendedAt, handedAt, doneAt } of history.operations) {
      expect(handedAt).toBeGreaterThanOrEqual(intendedAt);
      expect(doneAt).toBeGreaterThanOrEqual(handedAt);
    }
  },
);

test.skipIf(program === null)('arrivals for which k6 had no user are counted as dropped (skipped where there is no k6)', async () => {
  await using server = await listen(() => ({ status: 200, body: {}, delayMs: 500 }));
  const { sent, dropped } = await driveByK6(optionsFor(server.url, { users: 5 }));
  expect(dropped).toBeGreaterThan(50);
  expect(sent).toBeLessThan(100);
});

test.skipIf(program === null)('its metrics go to a stack by OTLP (skipped where there is no k6)', async () => {
  const paths: string[] = [];
  const stack = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  }).listen(0, '127.0.0.1');
  await once(stack, 'listening');
  await using server = await listen(() => ({ status: 200, body: {} }));
  await driveByK6(optionsFor(server.url, { otlpUrl: `http://127.0.0.1:${(stack.address() as AddressInfo).port}` }));
  stack.closeAllConnections();
  stack.close();
  expect(paths.length).toBeGreaterThan(0);
  expect(new Set(paths)).toEqual(new Set(['/v1/metrics']));
});

test('a program that is no k6 is said to have failed', async () => {
  await expect(driveByK6(optionsFor('http://127.0.0.1:1/', { program: process.execPath }))).rejects.toMatchObject({
    code: 'FL_DRIVER_FAILED',
  });
});
