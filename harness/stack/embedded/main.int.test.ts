import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRegistry } from '../process-registry.ts';
import type { ProcessRegistry } from '../process-registry.ts';
import { spawnProcess } from '../processes.ts';

let folder: string;
let registry: ProcessRegistry;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  registry = createRegistry(join(folder, 'processes.ndjson'), 'run-1', () => 0);
});

afterEach(() => {
  registry[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const start = async (...args: string[]) =>
  spawnProcess({
    command: process.execPath,
    args: [join(import.meta.dirname, 'main.ts'), ...args],
    role: 'stack',
    logFile: join(folder, 'stack.log'),
    registry,
    failure: 'FL_STACK_FAILED',
  });

test('it says where it listens, answers there and ends politely; a second one is refused its port', async () => {
  await using stack = await start();
  const { eventName, attributes } = await stack.ready(20_000);
  expect([eventName, attributes['pid']]).toEqual(['faultline.stack.ready', stack.pid]);
  const address = String(attributes['address']);
  expect(await (await fetch(`${address}/ready`)).text()).toBe('ready\n');
  expect(await (await fetch(`${address}/api/v1/status/buildinfo`)).json()).toMatchObject({ status: 'success' });

  await using second = await start('--port', new URL(address).port);
  await expect(second.ready(20_000)).rejects.toMatchObject({
    code: 'FL_STACK_FAILED',
    message: expect.stringContaining('is taken; end what listens there'),
  });
  expect(await second.exited).toEqual({ code: 3, signal: null });
  expect(await stack.stop()).toEqual({ code: 0, signal: null });
});

test('a port that is none is refused in words', async () => {
  await using stack = await start('--port', '99999');
  await expect(stack.ready(20_000)).rejects.toThrow('--port 99999 is no port; give 0 to 65535');
});
