import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { endpointsAt, type RunningStack } from '../stack/running-stack.ts';
import { recordStack } from './record-stack.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-record-test-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const madeUp = (log: string[]): RunningStack => ({
  runtime: 'embedded',
  endpoints: endpointsAt('http://127.0.0.1:1'),
  access: {},
  processes: [],
  versions: {},
  readyAfterMs: {},
  warnings: [],
  visibleWithinMs: 0,
  exited: new Promise(() => {}),
  dropped: async () => 0,
  [Symbol.asyncDispose]: async () => void log.push('stack down'),
});

test('a recording that can not be written is refused before anything is sent, and the stack is taken down', async () => {
  const log: string[] = [];
  await expect(recordStack(madeUp(log), join(folder, 'no/such/folder/otlp.ndjson'), systemClock)).rejects.toMatchObject({
    code: 'FL_RUN_FOLDER',
    message: expect.stringMatching(/the recording .*otlp\.ndjson cannot be written: ENOENT/),
  });
  expect(log).toEqual(['stack down']);
});

test('one that can be ends with its stack', async () => {
  const log: string[] = [];
  const stack = await recordStack(madeUp(log), join(folder, 'otlp.ndjson'), systemClock);
  const door = stack.endpoints.otlp.logs;
  await stack[Symbol.asyncDispose]();
  expect(log).toEqual(['stack down']);
  await expect(fetch(door, { method: 'POST' })).rejects.toThrow('fetch failed');
});
