// The records of a file, piece by piece, and the digest of its text.
import { createHash } from 'node:crypto';
import { type ImportFormat, importLimits } from '../../../contract/imports.ts';
import { createRecordCutter, type RawRecord } from '../../../recovery/import/records.ts';
import { OpsError } from '../ops-error.ts';
import type { FileSource } from './file-source.ts';

export type Digest = { readonly sha256: string; readonly bytes: number };

/** `whole` is told once, at the end. */
export async function* readRecords(
  source: FileSource,
  { format, delimiter }: { readonly format: ImportFormat; readonly delimiter: string | undefined },
  whole: (digest: Digest) => void,
): AsyncGenerator<readonly RawRecord[]> {
  const cutter = createRecordCutter(format, 1, delimiter);
  const hash = createHash('sha256');
  let bytes = 0;
  let line = 1;
  for await (const piece of source.pieces()) {
    hash.update(piece);
    bytes += piece.length;
    const records = cutter.push(piece);
    const last = records.at(-1);
    if (last !== undefined) line = last.line + last.lines;
    demandSendable(records, format);
    if (cutter.openBytes() > importLimits.sliceBytes) throw endless(line, format);
    yield records;
  }
  const end = cutter.end();
  demandSendable(end, format);
  yield end;
  whole({ sha256: hash.digest('hex'), bytes });
}

/** Wherever the pieces of the file are cut: with its line feed it has to fit into one request. */
const demandSendable = (records: readonly RawRecord[], format: ImportFormat): void => {
  const found = records.find(({ bytes }) => bytes.length >= importLimits.sliceBytes);
  if (found !== undefined) throw endless(found.line, format);
};

const endless = (line: number, format: ImportFormat) =>
  new OpsError(
    `Line ${line} does not end within ${importLimits.sliceBytes} bytes: ${format === 'csv' ? 'a quote that is not closed?' : 'is it NDJSON, one event a line?'}`,
  );
