import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptedFormat } from './accepted-format.ts';
import { createRowFormat } from './format-rows.ts';

const listing = { rows: 'rows', columns: ['text', 'number', 'data', 'flag'], pageRows: 10 };
const csv = createRowFormat('csv', listing, true);
const kept = createRowFormat('csv', listing, false);
const ndjson = createRowFormat('ndjson', listing, true);

/** RFC 4180, as any reader has it. */
const readCsv = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/((?:"(?:[^"]|"")*"|[^",\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\n]*))*)\n/g)].map(([, line]) =>
    [...line!.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\n]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!),
  );

test('CSV has a head, one record a row, raw JSON of what is nested, and tells an empty text from null', () => {
  expect(csv.head).toBe('text,number,data,flag\n');
  expect(csv.rows(['{"data":{"a":1.10,"b":"x"},"text":"","number":-5,"flag":true}', '{"text":null,"number":null}'])).toBe(
    '"",-5,"{""a"":1.10,""b"":""x""}",true\n,,,\n',
  );
  expect(csv.rows([])).toBe('');
});

test.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx', '＝1'])('a text like %j is no formula, unless it is asked for as it is', (text) => {
  const row = [JSON.stringify({ text })];
  expect(readCsv(csv.rows(row))[0]?.[0]).toBe(`'${text}`);
  expect(readCsv(kept.rows(row))[0]?.[0]).toBe(text);
});

test('any text comes out of CSV as it went in', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 1 }), (texts) => {
      const records = readCsv(kept.rows(texts.map((text) => JSON.stringify({ text, number: 1 }))));
      expect(records.map(([text]) => text)).toEqual(texts);
    }),
  );
});

test('NDJSON keeps the text of a row, but for line ends between tokens', () => {
  expect(ndjson.rows(['{"a":1.10,\r\n"b":"\\n"}', '{}'])).toBe('{"a":1.10, "b":"\\n"}\n{}\n');
});

test('the last line says whether it is whole, in a way that no row does', () => {
  expect(ndjson.complete(2)).toBe('{"export":{"complete":true,"rows":2}}\n');
  expect(JSON.parse(ndjson.broken(1, 'storage_unavailable', 'away'))).toEqual({
    export: { complete: false, rows: 1, error: { code: 'storage_unavailable', message: 'away' } },
  });
  expect([csv.complete(2), csv.broken(1, 'slow_reader', '')]).toEqual([
    '# export complete: 2 rows\n',
    '# export broken after 1 rows: slow_reader\n',
  ]);
});

test.each([
  [undefined, 'json'],
  ['*/*', 'json'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
  ['text/csv', 'csv'],
  ['application/x-ndjson, application/json;q=0.5', 'ndjson'],
  ['application/json, text/csv', 'json'],
  ['text/csv;q=0.2, application/ndjson;q=0.9', 'ndjson'],
  ['text/csv;q=0, */*', 'json'],
  ['nonsense;q=x, constructor', 'json'],
] as const)('Accept %j asks for %s', (accept, format) => {
  expect(acceptedFormat(accept)).toBe(format);
});
