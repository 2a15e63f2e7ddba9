// Reads history.ndjson: header, one operation a line, trailer. A truncated or damaged file gives what can be read, and says that it is not all.
import { readLines } from './ndjson.ts';
import { createDictionaries, type Dictionaries } from './columns/dictionary.ts';
import type { Table } from './columns/table.ts';
import type { HistoryHeader, HistoryTrailer, Operation } from './operation.ts';
import { createOperationTable } from './operation-table.ts';

export type History = {
  readonly header: HistoryHeader | null;
  readonly operations: Table<Operation>;
  /** True only where header and trailer are there and the trailer's count is right. */
  readonly complete: boolean;
  /** What is wrong with the file; null where nothing is. */
  readonly damage: string | null;
};

/** Operations come in the order in which they were done. Rejects only where the file can't be read at all. */
export const readHistory = async (file: string, dictionaries: Dictionaries = createDictionaries()): Promise<History> => {
  let header: HistoryHeader | null = null;
  let trailer: HistoryTrailer | null = null;
  const operations = createOperationTable(dictionaries);
  const damaged = await readLines(file, {
    line: (bytes, from, to) => operations.addLine(bytes, from, to),
    value: (value) => {
      if (isHeader(value)) header = value;
      else if (isTrailer(value)) trailer = value;
      else operations.add(value as Operation);
    },
  });
  operations.trim();
  const damage = damaged ?? whatIsMissing(header, trailer, operations.length);
  return { header, operations, complete: damage === null, damage };
};

const isHeader = (value: unknown): value is HistoryHeader => (value as Partial<HistoryHeader> | null)?.format === 1;
const isTrailer = (value: unknown): value is HistoryTrailer => (value as Partial<HistoryTrailer> | null)?.end === true;

const whatIsMissing = (header: HistoryHeader | null, trailer: HistoryTrailer | null, operations: number): string | null => {
  if (header === null) return 'it has no header';
  if (trailer === null) return `it has no last line: it was cut off after ${operations} operations`;
  if (trailer.operations !== operations) return `its last line counts ${trailer.operations} operations, but ${operations} are there`;
  return null;
};
