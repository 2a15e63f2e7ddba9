// Writes and reads final-state.ndjson: a row a line and a last line with their number, so that a cut file is noticed.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FinalRow, FinalTrailer } from './final-state.ts';
import { readBatches } from './ndjson.ts';
import { createTextSharing, type ShareTexts } from './share-texts.ts';

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

export type FinalState = { readonly rows: readonly FinalRow[]; readonly complete: boolean; readonly damage: string | null };

export const readFinalState = async (file: string, share: ShareTexts = createTextSharing()): Promise<FinalState> => {
  const rows: FinalRow[] = [];
  let trailer: FinalTrailer | null = null;
  let damage: string | null = null;
  for await (const lines of readBatches(file))
    for (const line of lines) {
      if (line.kind === 'damage') damage = `line ${line.line} ${line.message}`;
      else if (isTrailer(line.value)) trailer = line.value;
      else {
        share(line.value);
        rows.push(line.value as FinalRow);
      }
    }
  if (trailer === null) damage ??= `it has no last line: it was cut off after ${rows.length} rows`;
  else if (trailer.rows !== rows.length) damage ??= `its last line counts ${trailer.rows} rows, but ${rows.length} are there`;
  return { rows, complete: damage === null, damage };
};

const isTrailer = (value: unknown): value is FinalTrailer => (value as { kind?: unknown } | null)?.kind === 'end';
