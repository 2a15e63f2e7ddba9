// Lines of a file that a client imports: `ok` where it was told that they are there, promises as those of the driver, made to another client. They are written behind the driver's operations.
import { createWriteStream } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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
const lineEnd = '\n'.charCodeAt(0);

/** An operation that no driver sent: its answer is the import's as a whole, so it says nothing of when or how a single event was answered. */
export const isImported = ({ op }: Pick<Operation, 'op'>): boolean => op >= firstNumber;

/** Far longer than the last line ever is: the history itself may be longer than the longest string. */
const tailBytes = 4096;

/**
 * Puts the lines before the history's last line, and counts them in it. A history without its last line is left as it is: it proves nothing anyway. The last line goes
 * first and comes back last, so that a history whose writer died in between is seen as cut. `attempt` is 2, as their client was started again before it heard of them.
 */
export const addImportedLines = async (file: string, lines: readonly ImportedLine[], zeroAt: number): Promise<void> => {
  if (lines.length === 0) return;
  const { from, text } = await lastLineOf(file);
  const trailer = trailerFrom(text);
  if (trailer?.end !== true || trailer.operations === undefined) return;
  const last: HistoryTrailer = { end: true, operations: trailer.operations + lines.length };
  const texts = function* (): Generator<string> {
    for (const [at, line] of lines.entries()) yield `${JSON.stringify(toOperation(line, firstNumber + at, zeroAt))}\n`;
    yield `${JSON.stringify(last)}\n`;
  };
  await truncate(file, from);
  const target = createWriteStream(file, { flags: 'r+', start: from, flush: true, highWaterMark: 1 << 18 });
  await pipeline(Readable.from(texts(), { highWaterMark: 256 }), target);
};

/** Where the last line begins, and the line itself; one that is longer than it may be, or that has no end, is given as nothing. */
const lastLineOf = async (file: string): Promise<{ readonly from: number; readonly text: string }> => {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const start = Math.max(0, size - tailBytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
  const tail = buffer.subarray(0, bytesRead);
  const before = tail.lastIndexOf('\n', -2);
  if (before === -1 || tail.at(-1) !== lineEnd) return { from: size, text: '' };
  return { from: start + before + 1, text: tail.toString('utf8', before + 1) };
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
