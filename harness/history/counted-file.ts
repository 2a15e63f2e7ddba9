// NDJSON with a last line that counts the others, so that a file that was cut is seen as cut.
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { readLines } from './ndjson.ts';

type Trailer = { readonly end: true; readonly lines: number };

export type CountedFile<Row> = { readonly rows: readonly Row[]; readonly complete: boolean };

export type CountedWriter = {
  add(row: unknown): void;
  /** Last line, and all on disk as far as the system's cache. */
  end(): Promise<void>;
};

export const createCountedWriter = (file: string): CountedWriter => {
  const stream = createWriteStream(file);
  let lines = 0;
  return {
    add: (row) => {
      lines += 1;
      stream.write(`${JSON.stringify(row)}\n`);
    },
    end: async () => {
      stream.end(`${JSON.stringify({ end: true, lines } satisfies Trailer)}\n`);
      await finished(stream);
    },
  };
};

/** What can be read of it; rejects only where the file can't be read at all. */
export const readCounted = async <Row>(file: string): Promise<CountedFile<Row>> => {
  const rows: Row[] = [];
  const trailers: Trailer[] = [];
  const damage = await readLines(file, {
    value: (value) => {
      if (isTrailer(value)) trailers.push(value);
      else rows.push(value as Row);
    },
  });
  return { rows, complete: damage === null && trailers.at(-1)?.lines === rows.length };
};

const isTrailer = (value: unknown): value is Trailer => (value as Partial<Trailer> | null)?.end === true;
