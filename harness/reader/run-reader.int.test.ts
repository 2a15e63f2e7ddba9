import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { readReads, type ReadQuestion } from '../history/read-operation.ts';
import type { PlannedRead } from './plan-reads.ts';
import { type ReadKey, startReader } from './run-reader.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-reader-'));
afterAll(() => rm(folder, { recursive: true }));

const question: ReadQuestion = { kind: 'timeline', systemName: 'shop', objectId: 'a' };
const reads: readonly PlannedRead[] = [0, 10, 20, 9000].map((intendedAtMs, read) => ({ ...question, read, intendedAtMs }));
let files = 0;

const play = async (ask: ReadKey, timeoutMs = 200) => {
  const file = join(folder, `${(files += 1)}.ndjson`);
  let asked = 0;
  const counting: ReadKey = (...question) => {
    asked += 1;
    return ask(...question);
  };
  const reader = startReader({ reads, file, ask: counting, clock: systemClock, timeoutMs });
  reader.go(systemClock.now());
  await expect.poll(() => asked, { timeout: 5_000, interval: 5 }).toBe(3);
  await reader[Symbol.asyncDispose]();
  return readReads(file);
};

test('each read that came due is written with what it was shown, and none that did not', async () => {
  const { rows, complete } = await play(async () => ({ status: 200, ids: [7], total: 1, whole: true }));
  expect(complete).toBe(true);
  expect(rows.map(({ read }) => read)).toEqual([0, 1, 2]);
  expect(rows[1]).toMatchObject({ ...question, outcome: 'ok', status: 200, ids: [7], whole: true });
  for (const { intendedAt, handedAt, doneAt } of rows) expect([handedAt >= intendedAt - 1, doneAt >= handedAt]).toEqual([true, true]);
});

test('an answer that does not come holds no other read up, and ends with its time', async () => {
  let asked = 0;
  const { rows } = await play((_question, signal) => {
    asked += 1;
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('no answer'))));
  });
  expect(asked).toBe(3);
  for (const read of rows) expect(read).toMatchObject({ outcome: 'failed', code: 'no answer', ids: [] });
});

test('nothing there is an answer; an error of the server is none', async () => {
  const [none, broken] = [
    { status: 404, ids: [], total: 0, whole: true },
    { status: 503, ids: [], total: null, whole: false },
  ];
  expect((await play(async () => none)).rows[0]?.outcome).toBe('ok');
  expect((await play(async () => broken)).rows[0]?.outcome).toBe('failed');
});
