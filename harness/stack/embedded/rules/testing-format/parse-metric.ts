// A metric as tests write it: `up{job="a", "a.b"="c"}`, `{"name with spaces"}`, or nothing at all for no labels.
import { labelsFromEntries, metricNameLabel } from '../../promql/labels.ts';
import type { Labels } from '../../promql/labels.ts';
import { unquote } from '../../promql/syntax/quoted-text.ts';

export class NotationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotationError';
  }
}

const name = /\s*([a-zA-Z_:][\w:]*)\s*/y;
const label = /\s*([a-zA-Z_]\w*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*/y;
const value = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*/y;

type Cursor = { readonly text: string; at: number };

const take = (cursor: Cursor, pattern: RegExp): string | null => {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) return null;
  cursor.at += found[0].length;
  return found[1] ?? found[0];
};

const fail = ({ text, at }: Cursor, expected: string): never => {
  const found = at < text.length ? JSON.stringify(text.slice(at, at + 12)) : 'the end';
  throw new NotationError(`${JSON.stringify(text)}: expected ${expected} at character ${at + 1}, found ${found}`);
};

const unquoted = (cursor: Cursor, text: string): string => (/^["'`]/.test(text) ? (unquote(text) ?? fail(cursor, 'a string')) : text);

const pairFrom = (cursor: Cursor, hasName: boolean): readonly [string, string] => {
  const key = take(cursor, label) ?? fail(cursor, 'a label name or }');
  if (take(cursor, /=/y) !== null)
    return [unquoted(cursor, key), unquoted(cursor, take(cursor, value) ?? fail(cursor, 'a value in quotes'))];
  // A quoted name alone is the metric's.
  return /^["'`]/.test(key) && !hasName ? [metricNameLabel, unquoted(cursor, key)] : fail(cursor, '=');
};

/** Throws a NotationError that says where. */
export const parseMetric = (text: string): Labels => {
  const cursor: Cursor = { text, at: 0 };
  const labels = new Map<string, string>();
  const metric = take(cursor, name);
  if (metric !== null) labels.set(metricNameLabel, metric);
  if (take(cursor, /\s*\{\s*/y) !== null) {
    for (let first = true; take(cursor, /\s*\}\s*/y) === null; first = false) {
      if (!first && take(cursor, /,/y) === null) fail(cursor, ', or }');
      if (!first && take(cursor, /\s*\}\s*/y) !== null) break;
      const [key, written] = pairFrom(cursor, labels.has(metricNameLabel));
      labels.set(key, written);
    }
  }
  take(cursor, /\s*/y);
  if (cursor.at < text.length) fail(cursor, 'the end');
  return labelsFromEntries(labels);
};
