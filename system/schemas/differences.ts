// Where two JSON values differ, as JSON pointers: the deepest places that say it, a bounded number of them.
import { canonicalText } from '../ingest/canonical.ts';
import { escapeToken } from './read-schema.ts';

export const findDifferences = (a: unknown, b: unknown, path = ''): readonly string[] => {
  if (isTree(a) && isTree(b) && Array.isArray(a) === Array.isArray(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].flatMap((name) =>
      findDifferences(
        Object.hasOwn(a, name) ? a[name] : undefined,
        Object.hasOwn(b, name) ? b[name] : undefined,
        `${path}/${escapeToken(name)}`,
      ),
    );
  }
  if (a === undefined || b === undefined) return a === b ? [] : [path];
  return canonicalText(a) === canonicalText(b) ? [] : [path];
};

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);
