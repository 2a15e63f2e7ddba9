// Cuts a file's text into records without parsing them: an NDJSON line, or a CSV record with the line feeds inside of its quotes. Bytes that are cut off in
// the middle stay behind, for the next piece.
import type { ImportFormat } from '../../contract/imports.ts';

export type RawRecord = {
  /** Its first line in the file, from 1. */
  readonly line: number;
  /** How many lines of the file it takes; all but one are inside of quotes. */
  readonly lines: number;
  readonly bytes: Buffer;
};

export type RecordCutter = {
  /** The records that are whole. */
  push(piece: Buffer): readonly RawRecord[];
  /** The last record, where the file does not end in a line feed. */
  end(): readonly RawRecord[];
  /** Bytes of the record that is not whole yet. */
  readonly openBytes: () => number;
};

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

export const createRecordCutter = (format: ImportFormat, firstLine = 1, delimiter = ','): RecordCutter => {
  const scan = format === 'csv' ? createCsvScan(delimiter.charCodeAt(0)) : lineScan;
  let open: Buffer = Buffer.alloc(0);
  let line = firstLine;

  const cut = (bytes: Buffer): RawRecord => {
    const lines = 1 + scan.takeInner();
    const record = { line, lines, bytes: withoutReturn(bytes) };
    line += lines;
    return record;
  };
  return {
    push: (piece) => {
      const bytes = open.length === 0 ? piece : Buffer.concat([open, piece]);
      const records: RawRecord[] = [];
      let start = 0;
      for (let end = scan.find(bytes, open.length); end !== -1; end = scan.find(bytes, start)) {
        records.push(cut(bytes.subarray(start, end)));
        start = end + 1;
      }
      open = bytes.subarray(start);
      return records;
    },
    end: () => {
      const last = open;
      open = Buffer.alloc(0);
      return last.length === 0 ? [] : [cut(last)];
    },
    openBytes: () => open.length,
  };
};

type Scan = {
  /** The line feed that ends the record, looked for from there on; -1: not in here. */
  find(bytes: Buffer, from: number): number;
  /** Line feeds inside of the record's quotes so far; counted anew from here on. */
  takeInner(): number;
};

const lineScan: Scan = { find: (bytes, from) => bytes.indexOf(lineFeed, from), takeInner: () => 0 };

/** RFC 4180: a quote opens only at the beginning of a field, and a doubled one inside is text. What breaks that is for the parser to refuse, record by record. */
const createCsvScan = (delimiter: number): Scan => {
  let state: 'begins' | 'plain' | 'quoted' | 'closed' = 'begins';
  let inner = 0;
  const next = (byte: number | undefined): typeof state => {
    if (state === 'quoted') return byte === quote ? 'closed' : 'quoted';
    if (byte === quote && state !== 'plain') return 'quoted';
    return byte === delimiter ? 'begins' : 'plain';
  };
  return {
    find: (bytes, from) => {
      for (let index = from; index < bytes.length; index += 1) {
        if (bytes[index] !== lineFeed) state = next(bytes[index]);
        else if (state === 'quoted') inner += 1;
        else {
          state = 'begins';
          return index;
        }
      }
      return -1;
    },
    takeInner: () => {
      const count = inner;
      inner = 0;
      return count;
    },
  };
};

const withoutReturn = (bytes: Buffer): Buffer => (bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes);
