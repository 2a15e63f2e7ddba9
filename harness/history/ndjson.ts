// NDJSON: one value a line. A line that is no JSON, or a last line without its end, is damage and is said, never skipped.
import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';

export type Lines = {
  /** True where it has taken the line from `from` to `to`, which is valid UTF-8 and ends before its line end. Left out: none is taken so. */
  readonly line?: (bytes: Buffer, from: number, to: number) => boolean;
  /** The value of each other line. */
  readonly value: (value: unknown) => void;
};

const chunkBytes = 1 << 20;
const lineEnd = '\n'.charCodeAt(0);

/** Resolves with what is damaged, at which reading stops; null: nothing is. Rejects with the file system's error where the file can't be read. */
export const readLines = async (file: string, lines: Lines): Promise<string | null> => {
  await using handle = await open(file);
  let buffer = Buffer.allocUnsafeSlow(chunkBytes);
  let [kept, line] = [0, 0];
  for (;;) {
    const read = await readInto(handle, buffer, kept);
    const filled = kept + read;
    if (read === 0) return filled === 0 ? null : `line ${line + 1} the last line has no end`;
    const end = buffer.lastIndexOf(lineEnd, filled - 1) + 1;
    const taken = takeLines(validUtf8(buffer.subarray(0, end)), line, lines);
    if (typeof taken === 'string') return taken;
    line = taken;
    kept = filled - end;
    buffer.copy(buffer, 0, end, filled);
    if (kept === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
  }
};

const readInto = async (handle: FileHandle, buffer: Buffer, at: number): Promise<number> =>
  (await handle.read(buffer, at, buffer.length - at)).bytesRead;

/** What is no UTF-8 becomes what a reader of text would see. */
const validUtf8 = (bytes: Buffer): Buffer => (isUtf8(bytes) ? bytes : Buffer.from(bytes.toString('utf8')));

/** Returns the number of lines up to here, or the damage. */
const takeLines = (bytes: Buffer, before: number, { line: take, value }: Lines): number | string => {
  let line = before;
  for (let from = 0; from < bytes.length;) {
    const to = bytes.indexOf(lineEnd, from);
    line += 1;
    if (take?.(bytes, from, to) !== true) {
      const text = bytes.toString('utf8', from, to);
      const parsed = parse(text);
      if (parsed === undefined) return `line ${line} is no JSON: ${text.slice(0, 80)}`;
      value(parsed);
    }
    from = to + 1;
  }
  return line;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
