// A planted defect that no longer fits its file would be noticed only where the whole of selftest is run.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Edit } from './case.ts';
import { fullMutations } from './full-mutations.ts';
import { mutations } from './mutations.ts';
import { sabotages } from './sabotages.ts';

const root = join(import.meta.dirname, '..', '..');
const edits = [...mutations, ...fullMutations, ...sabotages].flatMap(({ name, edits: each }) => each.map((edit) => ({ name, ...edit })));

test('there are defects to plant', () => {
  expect(edits.length).toBeGreaterThan(10);
});

test.each(edits)('$name finds its place in $file, once, and changes it', ({ file, find, replace }) => {
  expect(readFileSync(join(root, file), 'utf8').split(find).length - 1).toBe(1);
  expect(replace).not.toBe(find);
});

// A migration may define a function anew: a defect in the definition of before is planted where nobody runs.
const inMigrations = edits.filter(({ file }) => file.endsWith('.sql'));
const definesFunction = /create (?:or replace )?function (\w+)\(/g;
const functionsIn = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(definesFunction)].map(([, name]) => name ?? '');
const functionAround = ({ file, find }: Edit): string => {
  const [before = ''] = readFileSync(join(root, file), 'utf8').split(find);
  return [...before.matchAll(definesFunction)].at(-1)?.[1] ?? '';
};

test('a defect may be planted in a migration', () => {
  expect(inMigrations.map(functionAround)).toContain('append_batch');
});

test.each(inMigrations)('$name is planted in the newest definition of its function', (edit) => {
  const folder = dirname(edit.file);
  const migrations = readdirSync(join(root, folder)).filter((each) => each.endsWith('.sql'));
  const defining = migrations.toSorted().filter((each) => functionsIn(join(folder, each)).includes(functionAround(edit)));
  expect(join(folder, defining.at(-1) ?? '')).toBe(edit.file);
});
