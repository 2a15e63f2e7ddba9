import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRecordCutter, type RawRecord } from './records.ts';

const cut = (format: 'ndjson' | 'csv', pieces: readonly Buffer[]): readonly RawRecord[] => {
  const cutter = createRecordCutter(format);
  return [...pieces.flatMap((piece) => cutter.push(piece)), ...cutter.end()];
};
const seen = (records: readonly RawRecord[]) => records.map(({ line, lines, bytes }) => [line, lines, bytes.toString()]);

test('lines keep their numbers, blank ones too, and a last one needs no line feed', () => {
  expect(seen(cut('ndjson', [Buffer.from('{"a":1}\r\n\n{"b":2}\n{"c"')]))).toEqual([
    [1, 1, '{"a":1}'],
    [2, 1, ''],
    [3, 1, '{"b":2}'],
    [4, 1, '{"c"'],
  ]);
});

test('a CSV record reaches over the line feeds inside of its quotes, and no further', () => {
  expect(seen(cut('csv', [Buffer.from('a,"x\ny ""q""\n",c\nd,5" pipe,f\n"",""\n')]))).toEqual([
    [1, 3, 'a,"x\ny ""q""\n",c'],
    [4, 1, 'd,5" pipe,f'],
    [5, 1, '"",""'],
  ]);
});

test('however the bytes come in pieces, the records are the same, and every line belongs to one of them', () => {
  const text = fc.array(fc.constantFrom('a', '"', '""', ',', '\n', '\r\n', 'é'), { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(120), { maxLength: 8 }), fc.constantFrom('ndjson', 'csv'), (whole, cuts, format) => {
      const bytes = Buffer.from(whole);
      const places = [0, ...cuts.filter((at) => at < bytes.length).toSorted((a, b) => a - b), bytes.length];
      const pieces = places.slice(1).map((to, at) => bytes.subarray(places[at], to));
      const records = cut(format, pieces);
      expect(seen(records)).toEqual(seen(cut(format, [bytes])));
      const feeds = whole.split('\n').length - 1;
      const lines = whole.endsWith('\n') || whole === '' ? feeds : feeds + 1;
      const counted = records.reduce((sum, record) => sum + record.lines, 0);
      // What ends inside of quotes has its last line feed in the record.
      expect(counted - lines).toBeLessThanOrEqual(format === 'csv' ? 1 : 0);
      expect(counted).toBeGreaterThanOrEqual(lines);
      expect(records.map(({ line }) => line)).toEqual(
        records.map((_, at) => 1 + records.slice(0, at).reduce((sum, { lines: own }) => sum + own, 0)),
      );
    }),
  );
});
