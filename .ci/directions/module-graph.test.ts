import { expect, test } from 'vitest';
import { findImports } from './module-graph.ts';

const targets = (source: string): readonly string[] => findImports('system/a/b.ts', source).map(({ to }) => to);

test('reads every form of import, over several lines too', () => {
  expect(
    targets(`import fs from 'node:fs';
import type { A } from './a.ts';
import {
  b,
  type C,
} from '../c/d.ts';
import './effect.ts';
export { e } from './e.ts';
export * from './f.ts';
const g = await import('./g.ts');
type H = import('./h.ts').H;
`),
  ).toEqual([
    'node:fs',
    'system/a/a.ts',
    'system/c/d.ts',
    'system/a/effect.ts',
    'system/a/e.ts',
    'system/a/f.ts',
    'system/a/g.ts',
    'system/a/h.ts',
  ]);
});

test('reads no import in comments, in exported values, or in text', () => {
  expect(
    targets(`// import { a } from './a.ts';
/* import { b } from './b.ts';
*/
export const words = 'import from';
export type Kind = 'from';
const sql = "select 1 from './c.ts'";
`),
  ).toEqual([]);
});

test('tells the line, and types from values', () => {
  expect(findImports('x.ts', "\n\nimport type { A } from './a.ts';\nimport { b } from './b.ts';\n")).toEqual([
    { from: 'x.ts', to: 'a.ts', line: 3, isType: true },
    { from: 'x.ts', to: 'b.ts', line: 4, isType: false },
  ]);
});
