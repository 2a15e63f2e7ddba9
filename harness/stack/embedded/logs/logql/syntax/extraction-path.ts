// What stands to the right of `json name="…"` and `logfmt name="…"`.
import { labelKey } from '../stages/label-key.ts';
import type { JsonPath } from './ast.ts';

const step = /(?:(^|\.)([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\])/y;

/** `a.b[0]["c d"]` -> ['a', 'b', 0, 'c d']. */
export const parseJsonPath = (text: string): JsonPath => {
  const path: (string | number)[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (found === null) throw new Error(`cannot parse expression [${text}]: syntax error`);
    path.push(found[3] === undefined ? (found[2] ?? found[4]!) : Number(found[3]));
  }
  if (path.length === 0) throw new Error(`cannot parse expression [${text}]: syntax error: unexpected $end`);
  return path;
};

/** One key, as its label would be called. */
export const parseLogfmtKey = (text: string): string => {
  const key = /^\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][\w.-]*))\s*$/.exec(text);
  if (key === null) throw new Error(`cannot parse expression [${text}]: syntax error`);
  return labelKey(key[1] ?? key[2]!);
};
