import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConsumed } from '../history/consumed-line.ts';
import { gatherRecords } from './gather-records.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-gather-'));
afterAll(() => rm(folder, { recursive: true }));

const line = (by: string, kind: string) => `${JSON.stringify({ by, at: 1, kind })}\n`;
let files = 0;

const gather = async (...records: readonly (readonly [text: string | null, wasKilled?: true])[]) => {
  const target = join(folder, `${(files += 1)}.ndjson`);
  const written = await Promise.all(
    records.map(async ([text, wasKilled = false], index) => {
      const file = join(folder, `${files}-${index}.ndjson`);
      if (text !== null) await writeFile(file, text);
      return { file, wasKilled };
    }),
  );
  await gatherRecords(target, written);
  const { rows, complete } = await readConsumed(target);
  return { said: rows.map(({ by, kind }) => `${by} ${kind}`), complete };
};

test('records that ended in order become one that is whole', async () => {
  const one = line('a', 'began') + line('a', 'ended');
  expect(await gather([one], [line('b', 'began') + line('b', 'ended')])).toEqual({
    said: ['a began', 'a ended', 'b began', 'b ended'],
    complete: true,
  });
});

test('who was killed by a fault needs no end, and half a line of theirs was never said', async () => {
  expect(await gather([`${line('a', 'began')}{"by":"a","at`, true])).toEqual({ said: ['a began'], complete: true });
  expect(await gather([null, true])).toEqual({ said: [], complete: true });
});

test('who ended without an end, and was not killed, leaves it not whole', async () => {
  expect((await gather([line('a', 'began')])).complete).toBe(false);
  expect((await gather([line('a', 'began') + line('a', 'ended').slice(0, -1)])).complete).toBe(false);
  expect((await gather([null])).complete).toBe(false);
});
