// A planted defect that no longer fits its file would be noticed only where the whole of selftest is run.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
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

test.each(inMigrations)('$name is planted in the newest of the migrations that have its place', ({ file, find }) => {
  const folder = dirname(file);
  const having = readdirSync(join(root, folder)).filter((each) => readFileSync(join(root, folder, each), 'utf8').includes(find));
  expect(join(folder, having.toSorted().at(-1) ?? '')).toBe(file);
});
