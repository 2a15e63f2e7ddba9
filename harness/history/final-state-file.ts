// Writes and reads final-state.ndjson: a row a line and a last line with their number, so that a cut file is noticed.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDictionaries, type Dictionaries } from './columns/dictionary.ts';
import type { FinalRow, FinalTrailer } from './final-state.ts';
import { FinalTables } from './final-tables.ts';
import { readLines } from './ndjson.ts';

/** Resolves with the number of rows once all is on disk; rejects, leaving the file without its last line, where the source fails. */
export const writeFinalState = async (file: string, source: AsyncIterable<FinalRow>): Promise<number> => {
  let rows = 0;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const row of source) {
      rows += 1;
      yield `${JSON.stringify(row)}\n`;
    }
    yield `${JSON.stringify({ kind: 'end', rows } satisfies FinalTrailer)}\n`;
  };
  await pipeline(Readable.from(lines(), { highWaterMark: 256 }), createWriteStream(file, { flush: true, highWaterMark: 1 << 18 }));
  return rows;
};

export type FinalState = { readonly rows: FinalTables; readonly complete: boolean; readonly damage: string | null };

export const readFinalState = async (file: string, dictionaries: Dictionaries = createDictionaries()): Promise<FinalState> => {
  const rows = new FinalTables(dictionaries);
  let trailer: FinalTrailer | null = null;
  const damaged = await readLines(file, {
    line: (bytes, from, to) => rows.addLine(bytes, from, to),
    value: (value) => {
      if (isTrailer(value)) trailer = value;
      else rows.add(value as FinalRow);
    },
  });
  rows.trim();
  const damage = damaged ?? whatIsMissing(trailer, rows.length);
  return { rows, complete: damage === null, damage };
};

const whatIsMissing = (trailer: FinalTrailer | null, rows: number): string | null => {
  if (trailer === null) return `it has no last line: it was cut off after ${rows} rows`;
  return trailer.rows === rows ? null : `its last line counts ${trailer.rows} rows, but ${rows} are there`;
};

const isTrailer = (value: unknown): value is FinalTrailer => (value as { kind?: unknown } | null)?.kind === 'end';
