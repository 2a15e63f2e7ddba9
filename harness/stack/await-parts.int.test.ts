import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { awaitParts } from './await-parts.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Answers 503 as often as it is told, then 200. */
const serve = async (refusals: number) => {
  let left = refusals;
  const server = createServer((_request, response) => {
    left -= 1;
    response.writeHead(left < 0 ? 200 : 503).end('not yet');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
};

const never = new Promise<string>(() => {});

const partOf = (name: string, readyUrl: string, exited: Promise<string> = never) => {
  const logFile = join(folder, `${name}.log`);
  writeFileSync(logFile, `${name} began\n${name}: no such key in the configuration\n`);
  return { name, readyUrl, logFile, exited };
};

const awaitAll = (parts: readonly ReturnType<typeof partOf>[], more: { withinMs?: number; signal?: AbortSignal } = {}) => {
  const ready: string[] = [];
  const { withinMs = 10_000, signal = new AbortController().signal } = more;
  const done = awaitParts(parts, { clock: systemClock, withinMs, signal, onReady: (part) => void ready.push(part) });
  return { ready, done };
};

test('parts are ready when their probes say so, each told as soon as it is', async () => {
  await using soon = await serve(0);
  await using late = await serve(4);
  const { ready, done } = awaitAll([partOf('late', late.url), partOf('soon', soon.url)]);
  await done;
  expect(ready).toEqual(['soon', 'late']);
});

test('one that dies ends the wait for all at once, with its last lines', async () => {
  await using stubborn = await serve(Infinity);
  const began = systemClock.now();
  const { done } = awaitAll([partOf('loki', stubborn.url), partOf('tempo', 'http://127.0.0.1:9/', Promise.resolve('ended with code 1'))]);
  await expect(done).rejects.toThrow(
    /^tempo ended with code 1 before it was ready; its log is \S+tempo\.log:\ntempo began\ntempo: no such key/,
  );
  expect(systemClock.now() - began).toBeLessThan(3_000);
});

test('a foreign program that answers on its port is not taken for one that has ended', async () => {
  await using foreign = await serve(0);
  await expect(awaitAll([partOf('tempo', foreign.url, Promise.resolve('ended with code 1'))]).done).rejects.toThrow('ended with code 1');
});

test('one that is not ready in time is told of with what it answered last', async () => {
  await using server = await serve(Infinity);
  await expect(awaitAll([partOf('loki', server.url)], { withinMs: 200 }).done).rejects.toThrow(
    /loki was not ready within 200 ms \(\S+ answered 503: not yet\)/,
  );
});

test('an interruption is one, and no failure of a part', async () => {
  await using server = await serve(Infinity);
  const signal = AbortSignal.timeout(100);
  await expect(awaitAll([partOf('loki', server.url)], { signal }).done).rejects.toMatchObject({ code: 'FL_INTERRUPTED' });
});
