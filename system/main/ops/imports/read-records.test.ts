import { expect, test } from 'vitest';
import { importLimits } from '../../../contract/imports.ts';
import type { FileSource } from './file-source.ts';
import { readRecords } from './read-records.ts';

const source = (...pieces: readonly string[]) =>
  ({
    async *pieces() {
      for (const piece of pieces) yield Buffer.from(piece);
    },
  }) as unknown as FileSource;

const read = async (...pieces: readonly string[]): Promise<number> => {
  let records = 0;
  for await (const some of readRecords(source(...pieces), { format: 'ndjson', delimiter: undefined }, () => {})) records += some.length;
  return records;
};

const longest = 'x'.repeat(importLimits.sliceBytes - 1);

test.each([
  ['in one piece', [`{}\n${longest}x\n`]],
  ['over two pieces', [`{}\n${longest}`, 'x\n{}\n']],
  ['at the end of the file', ['{}\n', `${longest}x`]],
])('a line that no request can hold is refused %s', async (_where, pieces) => {
  await expect(read(...pieces)).rejects.toThrow(`Line 2 does not end within ${importLimits.sliceBytes} bytes`);
});

test('one that fits with its line feed is read', async () => {
  expect(await read(`{}\n${longest}\n{}`)).toBe(3);
});
