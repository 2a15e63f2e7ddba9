import { expect, test } from 'vitest';
import { importLimits } from '../../contract/imports.ts';
import { findMappingProblems, type CsvMapping } from './csv-mapping.ts';
import { createLineReader, type ImportLine, readHeader } from './read-lines.ts';
import { createRecordCutter } from './records.ts';

const header = ['no', 'what', 'at', 'total', 'note', 'paid', 'extra'];
const mapping: CsvMapping = {
  system_name: { value: 'shop' },
  object_id: 'no',
  event_name: 'what',
  event_time: 'at',
  id: { column: 'no' },
  metadata: {
    total: { column: 'total', as: 'number' },
    note: 'note',
    paid: { column: 'paid', as: 'boolean', empty: 'null' },
    extra: { column: 'extra', as: 'json', empty: 'omit' },
  },
};

const read = (text: string | Buffer, shape: Partial<Parameters<typeof createLineReader>[0]> = {}): readonly ImportLine[] => {
  const cutter = createRecordCutter(shape.format ?? 'ndjson');
  const reader = createLineReader({ format: 'ndjson', mapping: null, header: null, tenant: 'default', newIdentity: () => 'new', ...shape });
  return reader([...cutter.push(Buffer.from(text)), ...cutter.end()], 0);
};
const readCsv = (text: string | Buffer) => read(text, { format: 'csv', mapping, header });
const bodies = (lines: readonly ImportLine[]) => lines.map(({ event }) => event?.body ?? null);
const reasons = (lines: readonly ImportLine[]) => lines.map(({ refusal }) => refusal && [refusal.place, refusal.reason]);

const good = '{"system_name":"shop","object_id":"o","event_name":"paid","event_time":"2020-01-02T03:04:05Z","metadata":{"n":1.50}}';

test('an NDJSON line is an event of the contract, as it came; blank lines are none', () => {
  const lines = read(`${good}\n\n  \n${good}\n`);
  expect(bodies(lines)).toEqual([good, null, null, good]);
  expect(lines[0]?.event).toMatchObject({
    eventTime: '2020-01-02T03:04:05Z',
    eventTimeSource: 'client',
    identity: 'new',
    idempotencyKey: null,
  });
});

test('a byte order mark before the first line is no part of it', () => {
  expect(bodies(read(`\u{FEFF}${good}\n`))).toEqual([good]);
});

test('what the contract refuses is refused with its place; so is a time that would become the time of the import', () => {
  const lines = read(
    [
      good.replace('"shop"', '""'),
      '{',
      good.replace('2020-01-02T03:04:05Z', 'yesterday'),
      Buffer.from([0xff]).toString('latin1'),
      `${good.slice(0, -2)},"x":"${'x'.repeat(importLimits.eventBytes)}"}}`,
    ].join('\n'),
  );
  expect(lines.map(({ refusal }) => [refusal?.code, refusal?.place])).toEqual([
    ['invalid_event', '/system_name'],
    ['invalid_json', null],
    ['invalid_event', '/event_time'],
    ['invalid_json', null],
    ['payload_too_large', null],
  ]);
});

test('a CSV record becomes an event by its mapping: types as declared, digits as written, empty cells as said', () => {
  const lines = readCsv('1,paid,2020-01-02T03:04:05Z,12.50,"a ""b""\nc",true,"{""k"": 1}"\n2,paid,2020-01-02T03:04:05Z,1e3,,,\n');
  const start = '"system_name":"shop","object_id"';
  expect(bodies(lines)).toEqual([
    `{${start}:"1","event_name":"paid","event_time":"2020-01-02T03:04:05Z","id":"1","metadata":{"total":12.50,"note":"a \\"b\\"\\nc","paid":true,"extra":{"k": 1}}}`,
    `{${start}:"2","event_name":"paid","event_time":"2020-01-02T03:04:05Z","id":"2","metadata":{"total":1e3,"note":"","paid":null}}`,
  ]);
  expect(lines.map(({ line, lines: own }) => [line, own])).toEqual([
    [1, 2],
    [3, 1],
  ]);
});

test('one record that is no CSV, or does not fit, is refused alone, with its column; no cell is quoted', () => {
  const fine = '1,paid,2020-01-02T03:04:05Z,1,n,true,1';
  const lines = readCsv(
    [
      fine,
      '2,paid,2020-01-02T03:04:05Z,twelve,n,true,1',
      '3,paid,2020-01-02T03:04:05Z,1,n,yes,1',
      '4,pa"id,2020-01-02T03:04:05Z,1,n,true,1',
      '5,paid,2020-01-02T03:04:05Z',
      '6,paid,2020-01-02T03:04:05Z,,n,true,1',
      '7,paid,2020-01-02T03:04:05Z,1,n,true,{',
      '8,paid,02.01.2020,1,n,true,1',
      fine,
      '9,"paid"x,2020-01-02T03:04:05Z,1,n,true,1',
    ].join('\n'),
  );
  expect(reasons(lines)).toEqual([
    null,
    ['total', 'is no number'],
    ['paid', 'is no boolean'],
    [null, 'has a quote inside of a cell that is not quoted'],
    [null, 'has 3 cells, the first line has 7 columns'],
    ['total', 'is empty'],
    ['extra', 'is no json'],
    ['/event_time', 'is no RFC 3339 time with an offset: an import keeps original times alone'],
    null,
    [null, 'has text behind a closing quote: a quote inside of quotes is doubled'],
  ]);
});

test('a mapping is held against the first line of the file', () => {
  expect(readHeader(Buffer.from('\u{FEFF}no;"wh""at"'), ';')).toEqual(['no', 'wh"at']);
  expect(() => readHeader(Buffer.from('a"b,c'), ',')).toThrow('The first line has a quote');
  expect(findMappingProblems(mapping, header)).toEqual([]);
  expect(findMappingProblems({ ...mapping, object_id: 'nr' }, [...header, 'no'])).toEqual([
    { place: "column 'no'", message: 'is there twice in the first line' },
    { place: "column 'nr'", message: expect.stringContaining('is not in the first line') },
  ]);
  expect(findMappingProblems({ ...mapping, metadata: { a: { column: 'no', as: 'date' } } }, header)).toEqual([
    { place: '/metadata/a/as', message: 'must be string, number, integer, boolean or json' },
  ]);
  expect(findMappingProblems({ ...mapping, delimiter: '"' }, header)).toEqual([
    { place: '/delimiter', message: expect.stringContaining('must be one character: , ; |') },
  ]);
  const { object_id: _, ...without } = mapping;
  expect(findMappingProblems({ ...without, system: 'shop', sequence: 7, id: { value: 'a', as: 'string' } }, header)).toEqual([
    { place: '/object_id', message: 'is missing' },
    { place: '/system', message: 'is not known here' },
    { place: '/id/as', message: 'is not known here' },
    { place: '/sequence', message: expect.stringContaining("a column's name") },
  ]);
  for (const broken of [null, 7, [], {}, { ...mapping, metadata: 7 }, { ...mapping, metadata: { column: 7 } }])
    expect(findMappingProblems(broken, header)).not.toEqual([]);
});

test('a carriage return in a cell is read in one way, whatever is read together with it', () => {
  const fine = '1,paid,2020-01-02T03:04:05Z,1,n,true,1';
  const odd = '2,paid,2020-01-02T03:04:05Z,1,a\rb,true,1';
  const alone = bodies(readCsv(odd));
  expect(alone).toEqual([expect.stringContaining(String.raw`"note":"a\rb"`)]);
  expect(bodies(readCsv(`${odd}\n${fine}`))[0]).toBe(alone[0]);
  expect(bodies(readCsv(`${fine}\r\n${odd}\r\n`))[1]).toBe(alone[0]);
});
