import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataFolder } from './data-lock.ts';
import { processStart } from './process-start.ts';

const now = new Date('2026-01-02T03:04:05Z');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-lock-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const leaveLock = (holder: unknown) =>
  writeFile(join(folder, 'faultline.lock'), typeof holder === 'string' ? holder : JSON.stringify(holder));

test('a second lock names the pid and the time of the first, until that is given back', async () => {
  const first = await lockDataFolder(folder, now);
  await expect(lockDataFolder(folder, now)).rejects.toMatchObject({
    code: 'FL_DATA_IN_USE',
    message: expect.stringContaining(`pid ${process.pid}`),
  });
  await expect(lockDataFolder(folder, now)).rejects.toThrow('2026-01-02T03:04:05.000Z');
  await first[Symbol.asyncDispose]();
  await using _second = await lockDataFolder(folder, now);
});

test('a lock of a process that is gone is taken over', async () => {
  await leaveLock({ pid: 999_999_999, start: '1', startedAt: 'long ago' });
  await using _lock = await lockDataFolder(folder, now);
  await expect(lockDataFolder(folder, now)).rejects.toThrow(`pid ${process.pid}`);
});

test.runIf(process.platform === 'linux')('a lock whose pid now belongs to another process is taken over', async () => {
  await leaveLock({ pid: process.pid, start: '1', startedAt: 'long ago' });
  await using _lock = await lockDataFolder(folder, now);
  await expect(lockDataFolder(folder, now)).rejects.toThrow(`pid ${process.pid}`);
});

test('a near miss: the same pid with the same start is held', async () => {
  await leaveLock({ pid: process.pid, start: await processStart(process.pid), startedAt: 'just now' });
  await expect(lockDataFolder(folder, now)).rejects.toThrow('just now');
});

test('a lock that was cut short is taken over', async () => {
  await leaveLock('{"pid":');
  await using _lock = await lockDataFolder(folder, now);
  expect(await readdir(folder)).toEqual(['faultline.lock']);
});
