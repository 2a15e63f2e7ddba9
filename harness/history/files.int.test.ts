import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plainRow } from './columns/table.ts';
import type { FinalRow } from './final-state.ts';
import { readFinalState, writeFinalState } from './final-state-file.ts';
import { createHistoryWriter } from './history-writer.ts';
import type { Operation } from './operation.ts';
import { readHistory } from './read-history.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-history-'));
afterAll(() => rm(folder, { recursive: true }));

const operations = Array.from({ length: 3000 }, (_unused, op) => ({ op, event: op, objectId: 'größe-東京', outcome: 'ok' }) as Operation);
const written = async (name: string): Promise<string> => {
  const file = join(folder, name);
  const history = await createHistoryWriter(file, { format: 1, scenario: 'test', seed: 1, zeroAt: 5 });
  for (const operation of operations) history.add(operation);
  await history.end();
  return file;
};

test('a history that was written to its end is read back whole, in order', async () => {
  const history = await readHistory(await written('whole.ndjson'));
  expect(history).toMatchObject({ complete: true, damage: null, header: { scenario: 'test', zeroAt: 5 } });
  expect(history.operations.map(plainRow)).toEqual(operations);
});

test('a history that is cut anywhere is noticed, and gives what can be read', async () => {
  const file = await written('cut.ndjson');
  const size = (await readFile(file)).length;
  for (const bytes of [size - 1, size - 3, size - 40, Math.floor(size / 2), 70]) {
    await truncate(file, bytes);
    const history = await readHistory(file);
    expect(history.complete).toBe(false);
    expect(history.damage).toBeTypeOf('string');
    expect(history.operations.length).toBeLessThanOrEqual(operations.length);
  }
});

test('a history that lacks a line in its middle, its header or all is noticed', async () => {
  const lines = (await readFile(await written('lines.ndjson'), 'utf8')).split('\n');
  const readLines = async (kept: string[]) => {
    await writeFile(join(folder, 'lines.ndjson'), kept.join('\n'));
    return (await readHistory(join(folder, 'lines.ndjson'))).damage;
  };
  expect(await readLines(lines.toSpliced(100, 1))).toContain('counts 3000 operations, but 2999 are there');
  expect(await readLines(lines.slice(1))).toContain('no header');
  expect(await readLines(lines.with(50, '{"op":'))).toContain('line 51 is no JSON');
  expect(await readLines([])).toContain('no header');
});

test('a history that was never ended is noticed', async () => {
  const file = join(folder, 'open.ndjson');
  const history = await createHistoryWriter(file, { format: 1, scenario: 'test', seed: 1, zeroAt: 5 });
  history.add(operations[0]!);
  await history.flush();
  expect(await readHistory(file)).toMatchObject({ complete: false, operations: { length: 1 } });
  await history.end();
  expect(await readHistory(file)).toMatchObject({ complete: true });
});

const rowsOf = async function* (count: number, failAfter = Infinity): AsyncGenerator<FinalRow> {
  for (let lane = 0; lane < count; lane += 1) {
    if (lane === failAfter) throw new Error('the database went away');
    yield { kind: 'lane', lane, head: 1, duplicates: 0, conflicts: 0 };
  }
};

test('a final state is read back as it was written', async () => {
  const file = join(folder, 'final.ndjson');
  expect(await writeFinalState(file, rowsOf(2000))).toBe(2000);
  const state = await readFinalState(file);
  expect(state).toMatchObject({ complete: true, damage: null });
  expect(state.rows).toHaveLength(2000);
  expect([...state.rows].at(-1)).toMatchObject({ kind: 'lane', lane: 1999 });
});

test('a read-back that broke off leaves a final state that is not whole', async () => {
  const file = join(folder, 'broken.ndjson');
  await expect(writeFinalState(file, rowsOf(2000, 1500))).rejects.toThrow('went away');
  expect(await readFinalState(file)).toMatchObject({ complete: false });
});
