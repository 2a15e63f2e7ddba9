import { expect, test } from 'vitest';
import { linesOf, parsedOf, storeOf } from '../testing.ts';

test.each<[string, string, Record<string, string>]>([
  ['{"a":1.50,"b":{"c":"x","1d":true},"n":null,"l":[1]}', '| json', { a: '1.50', b_c: 'x', b_1d: 'true' }],
  ['{"big":12345678901234567890}', '| json', { big: '12345678901234567890' }],
  ['{"a":"x\\u00e9\\n"}', '| json', { a: 'xé\n' }],
  ['{"service_name":"x"}', '| json', { service_name_extracted: 'x' }],
  ['{"detected_level":"x"}', '| json', { detected_level_extracted: 'x' }],
  ['{"a":1,"a":2}', '| json', { a: '1' }],
  ['{"a":1} behind', '| json', { a: '1' }],
  ['{"a":1,', '| json', { a: '1', __error__: 'JSONParserErr', __error_details__: "Value is array, but can't find closing ']' symbol" }],
  ['no', '| json', { __error__: 'JSONParserErr', __error_details__: "Value looks like object, but can't find closing '}' symbol" }],
  ['{"a":{"b":[10,{"c":"x"}]}}', '| json x="a.b[1].c", y="a[\\"b\\"][0]", z="no"', { x: 'x', y: '10', z: '' }],
  ['{"a":[1,,3]}', '| json x="a[0]", y="a[2]"', { x: '1', y: '' }],
  ['{"a":,"b":1}', '| json', { __error__: 'JSONParserErr', __error_details__: 'Unknown value type' }],
  ['{"a":{"b":1}}', '| json a="a"', { a: '{"b":1}' }],
  ['a=1 b="x y" c= d "e', '| logfmt', { a: '1', b: 'x y' }],
  ['a=1 c= d', '| logfmt --keep-empty', { a: '1', c: '', d: '' }],
  ['a=1 b=2=3 c=4', '| logfmt', { a: '1', c: '4' }],
  [
    'a=1 b=2=3 c=4',
    '| logfmt --strict',
    { a: '1', __error__: 'LogfmtParserErr', __error_details__: "logfmt syntax error at pos 8 : unexpected '='" },
  ],
  ['a.b=1 c=2', '| logfmt x="a.b", y="z"', { x: '1', y: '' }],
  ['GET /a 200 rest of it', '| pattern "<method> <path> <status> <_>"', { method: 'GET', path: '/a', status: '200' }],
  ['took 12ms', '| regexp "took (?P<n>\\\\d+)(?P<unit>[a-z]+)"', { n: '12', unit: 'ms' }],
  ['a=1', '| logfmt | label_format b=a, c=`{{.service_name}}-{{.a}}`', { b: '1', c: 'app-' }],
  [
    'a=x',
    '| logfmt | a > 5',
    { a: 'x', __error__: 'LabelFilterErr', __error_details__: 'strconv.ParseFloat: parsing "x": invalid syntax' },
  ],
  ['a=x', '| logfmt | a > 5s', { a: 'x', __error__: 'LabelFilterErr', __error_details__: 'time: invalid duration "x"' }],
  [
    'a=9223372036855ms',
    '| logfmt | a > 5s',
    { a: '9223372036855ms', __error__: 'LabelFilterErr', __error_details__: 'time: invalid duration "9223372036855ms"' },
  ],
  ['a=9223372036854ms', '| logfmt | a > 5s', { a: '9223372036854ms' }],
  ['a=1 b=2 c=3', '| logfmt | drop a, b="2", c="x"', { c: '3' }],
  ['a=1 b=2 c=3', '| logfmt | keep a, b="x"', { a: '1' }],
  ['no', '| json | drop __error__', { __error_details__: "Value looks like object, but can't find closing '}' symbol" }],
])('%s %s gives %j', async (line, stages, expected) => {
  expect(await parsedOf(line, stages)).toEqual(expected);
});

const nestedIn = (depth: number): string => `{"top":"1",${'"a":{'.repeat(depth)}"b":"x"${'}'.repeat(depth)}}`;

test('json reads objects a hundred deep, and says of a line that goes deeper that it is wrong, with what stands before', async () => {
  expect(await parsedOf(nestedIn(99), '| json')).toEqual({ top: '1', [`${'a_'.repeat(99)}b`]: 'x' });
  const wrong = { top: '1', __error__: 'JSONParserErr', __error_details__: 'objects nested more than 100 deep' };
  expect(await parsedOf(nestedIn(100), '| json')).toEqual(wrong);
  expect(await parsedOf(nestedIn(1_500), '| json')).toEqual(wrong);
});

test.each([
  ['{"_entry":"the line","x":"1"}', '| unpack', 'the line'],
  ['{"x":"1"}', '| unpack', '{"x":"1"}'],
  ['\u001b[31mred\u001b[0m', '| decolorize', 'red'],
  ['a=1 b=2', '| logfmt | line_format "{{.a}}-{{.b}}{{.c}}"', '1-2'],
])('%s %s makes the line %s', async (line, stages, expected) => {
  const [found] = await linesOf(storeOf(line), `{service_name="app"} ${stages}`);
  expect(found?.line).toBe(expected);
});

test('labels come out of a packed line only where it has an entry', async () => {
  expect(await parsedOf('{"_entry":"the line","x":"1"}', '| unpack')).toEqual({ x: '1' });
  expect(await parsedOf('{"x":"1"}', '| unpack')).toEqual({});
});

test('a line filter behind decolorize sees the colours, one behind line_format sees the new line', async () => {
  expect(await linesOf(storeOf('\u001b[31mred\u001b[0m'), '{service_name="app"} | decolorize |= "31m"')).toHaveLength(1);
  expect(await linesOf(storeOf('old'), '{service_name="app"} | line_format "new" |= "new"')).toHaveLength(1);
});
