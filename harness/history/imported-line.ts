// Lines of a file that a client imports: `ok` where it was told that they are there, promises as those of the driver, made to another client. They are written behind the driver's operations.
import { open, readFile } from 'node:fs/promises';
import type { HistoryTrailer, Operation } from './operation.ts';

export type ImportedLine = Pick<
  Operation,
  'outcome' | 'phase' | 'systemName' | 'objectId' | 'eventName' | 'idempotencyKey' | 'sequence' | 'bodySha256' | 'bodyBytes'
> & {
  /** Epoch milliseconds: when its file was handed over, and when all of it was known to be there. */
  readonly handedAt: number;
  readonly doneAt: number;
};

/** Behind every number of a plan and of its repeats. */
const firstNumber = 100_000_000;

/**
 * Puts the lines before the history's last line, and counts them in it. A history without its last line is left as it is: it proves nothing anyway. `attempt` is 2, as
 * their client was started again before it heard of them.
 */
export const addImportedLines = async (file: string, lines: readonly ImportedLine[], zeroAt: number): Promise<void> => {
  if (lines.length === 0) return;
  const text = await readFile(file, 'utf8');
  const end = text.trimEnd().lastIndexOf('\n') + 1;
  const trailer = trailerFrom(text.slice(end));
  if (trailer?.end !== true || trailer.operations === undefined) return;
  const operations = lines.map((line, at) => toOperation(line, firstNumber + at, zeroAt));
  const last: HistoryTrailer = { end: true, operations: trailer.operations + operations.length };
  await using handle = await open(file, 'r+');
  await handle.truncate(Buffer.byteLength(text.slice(0, end)));
  await handle.write([...operations, last].map((value) => `${JSON.stringify(value)}\n`).join(''), Buffer.byteLength(text.slice(0, end)));
  await handle.sync();
};

/** null: a line that was torn when its writer died. */
const trailerFrom = (line: string): Partial<HistoryTrailer> | null => {
  try {
    return JSON.parse(line) as Partial<HistoryTrailer> | null;
  } catch {
    return null;
  }
};

const toOperation = ({ handedAt, doneAt, ...line }: ImportedLine, number: number, zeroAt: number): Operation => ({
  ...line,
  op: number,
  event: number,
  poison: null,
  delivery: 'first',
  attempt: 2,
  intendedAt: handedAt - zeroAt,
  handedAt: handedAt - zeroAt,
  doneAt: doneAt - zeroAt,
  status: null,
  code: null,
  retryAfterSeconds: null,
  id: null,
  duplicate: false,
  traceId: null,
});
