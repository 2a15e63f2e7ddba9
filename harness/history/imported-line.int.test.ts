import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { addImportedLines, type ImportedLine } from './imported-line.ts';
import { readHistory } from './read-history.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-imported-'));
afterAll(() => rm(folder, { recursive: true }));

const line: ImportedLine = {
  phase: 'importing',
  systemName: 'import',
  objectId: 'past-1',
  eventName: 'imported',
  idempotencyKey: 'é-1',
  sequence: 1,
  bodySha256: 'ab',
  bodyBytes: 2,
  outcome: 'ok',
  handedAt: 1500,
  doneAt: 2500,
};
const header = JSON.stringify({ format: 1, scenario: 'é', seed: 1, zeroAt: 1000 });

test('imported lines stand before the last line, which counts them, and the history is whole', async () => {
  const file = join(folder, 'whole.ndjson');
  await writeFile(file, `${header}\n${JSON.stringify({ end: true, operations: 0 })}\n`);
  await addImportedLines(file, [line, { ...line, idempotencyKey: 'é-2' }], 1000);
  const { complete, operations } = await readHistory(file);
  expect(complete).toBe(true);
  expect([...operations]).toMatchObject([
    { idempotencyKey: 'é-1', outcome: 'ok', intendedAt: 500, handedAt: 500, doneAt: 1500, attempt: 2 },
    { idempotencyKey: 'é-2' },
  ]);
  expect(new Set([...operations].map(({ op }) => op)).size).toBe(2);
});

test.each([
  ['between two lines', `${JSON.stringify({ op: 1 })}\n`],
  ['in the middle of a line', `${JSON.stringify({ op: 1 })}\n{"op":2,"ev`],
  ['in the middle of its last line', `${JSON.stringify({ op: 1 })}\n{"end":true,"oper`],
  ['before the end of its last line', `${JSON.stringify({ op: 1 })}\n{"end":true,"operations":1}`],
])('a history that was cut off %s stays as it is', async (_where, rest) => {
  const file = join(folder, 'cut.ndjson');
  await writeFile(file, `${header}\n${rest}`);
  const before = await readFile(file, 'utf8');
  await addImportedLines(file, [line], 1000);
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('a history that is longer than the longest string gets its lines too', async () => {
  const file = join(folder, 'long.ndjson');
  const bytes = 600_000_000;
  const end = `\n${JSON.stringify({ end: true, operations: 7 })}\n`;
  await using handle = await open(file, 'w+');
  await handle.write(end, bytes);
  await addImportedLines(file, [line], 1000);
  const tail = Buffer.alloc(4096);
  const { bytesRead } = await handle.read(tail, 0, tail.length, bytes + 1);
  const lines = tail.toString('utf8', 0, bytesRead).trimEnd().split('\n');
  expect(lines.map((text) => JSON.parse(text) as unknown)).toMatchObject([{ idempotencyKey: 'é-1' }, { end: true, operations: 8 }]);
});
