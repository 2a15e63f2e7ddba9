// What kind of values a field seems to have.
import { byteCount, floatValue, goDurationNanos } from '../logql/syntax/literals.ts';

const reads = (read: (text: string) => number, text: string): boolean => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

export const fieldType = (text: string): 'int' | 'float' | 'boolean' | 'duration' | 'bytes' | 'string' => {
  if (/^[+-]?\d{1,18}$/.test(text)) return 'int';
  if (reads(floatValue, text)) return 'float';
  if (/^(?:[tTfF]|true|TRUE|True|false|FALSE|False)$/.test(text)) return 'boolean';
  if (reads(goDurationNanos, text)) return 'duration';
  return reads(byteCount, text) ? 'bytes' : 'string';
};
