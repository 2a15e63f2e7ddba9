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
      const read = key.map((value, index) => readValue(value, shape[index]));
      return read.includes(null) ? null : (read as unknown as Key);
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

/** The value as PostgreSQL takes it; null: it is not of that shape. */
const readValue = (value: unknown, shape: CursorShape[number] | undefined): CursorValue | null => {
  if (shape === 'position') return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
  if (typeof value !== 'string') return null;
  if (shape === 'time') return parseTimestamp(value);
  return !value.includes('\0') && value.isWellFormed() ? value : null;
};
