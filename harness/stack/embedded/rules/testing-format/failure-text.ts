// A failed test in words: which test, at what time, what was expected and what was there instead.
import { printDuration } from '../../promql/syntax/print-expression.ts';
import type { TestFailure } from './run-test-group.ts';

const listText = (title: string, items: readonly string[]): string =>
  items.length === 0 ? `  ${title} nothing` : `  ${title}\n${items.map((item) => `    ${item}`).join('\n')}`;

export const failureText = ({ test, evalTimeMs, what, expected, got }: TestFailure): string => {
  const title = `${test}, at ${printDuration(evalTimeMs)}: ${what}`;
  return expected.length + got.length === 0 ? title : `${title}\n${listText('expected', expected)}\n${listText('got', got)}`;
};
