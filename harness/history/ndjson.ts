// NDJSON as a stream: one value a line. A line that is no JSON, or a last line without its end, is damage and is said, never skipped.
import { createReadStream } from 'node:fs';

export type Line =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'damage'; readonly line: number; readonly message: string };

/** Rejects with the file system's error where the file can't be read. Stops at the first damage. */
export const readLines = async function* (file: string): AsyncGenerator<Line> {
  for await (const lines of readBatches(file)) yield* lines;
};

/** The same, a chunk of the file at a time: of a million lines each wait for one costs more than reading it. */
export const readBatches = async function* (file: string): AsyncGenerator<readonly Line[]> {
  let rest = '';
  let line = 0;
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 }) as AsyncIterable<string>) {
    const texts = (rest + chunk).split('\n');
    rest = texts.pop() as string;
    const batch: Line[] = [];
    for (const text of texts) {
      const parsed = parse(text, (line += 1));
      batch.push(parsed);
      if (parsed.kind === 'damage') break;
    }
    yield batch;
    if (batch.at(-1)?.kind === 'damage') return;
  }
  if (rest !== '') yield [{ kind: 'damage', line: line + 1, message: 'the last line has no end' }];
};

const parse = (text: string, line: number): Line => {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch {
    return { kind: 'damage', line, message: `is no JSON: ${text.slice(0, 80)}` };
  }
};
