// The opaque cursor of keyset paging: where the last page ended, bound to the filters that it belongs to.
import { createHash } from 'node:crypto';
import { parseTimestamp } from './timestamp.ts';

type CursorValue = string | number;
export type CursorShape = readonly ('text' | 'time' | 'position')[];

export type Cursors<Key extends readonly CursorValue[]> = {
  format(key: Key): string;
  /** null: not one of ours for these filters. */
  parse(cursor: string): Key | null;
};

const formatVersion = 1;
const longestCursor = 8192;

/** `filters` is all that decides which rows a listing has, the limit not: pages may change their size. */
export const createCursors = <Key extends readonly CursorValue[]>(route: string, filters: unknown, shape: CursorShape): Cursors<Key> => {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([route, filters]))
    .digest('base64url')
    .slice(0, 12);
  return {
    format: (key) => Buffer.from(JSON.stringify([formatVersion, fingerprint, ...key])).toString('base64url'),
    parse: (cursor) => {
      const [version, print, ...key] = decode(cursor);
      if (version !== formatVersion || print !== fingerprint || key.length !== shape.length) return null;
      return key.every((value, index) => hasShape(value, shape[index])) ? (key as unknown as Key) : null;
    },
  };
};

const decode = (cursor: string): readonly unknown[] => {
  if (cursor.length > longestCursor || !/^[\w-]+$/.test(cursor)) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
};

const hasShape = (value: unknown, shape: CursorShape[number] | undefined) => {
  if (shape === 'position') return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (typeof value !== 'string') return false;
  return shape === 'time' ? parseTimestamp(value) !== null : !value.includes('\0') && value.isWellFormed();
};
