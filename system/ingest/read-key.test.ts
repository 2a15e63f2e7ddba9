import { expect, test } from 'vitest';
import { readKey } from './read-key.ts';

const of = (value: unknown) => readKey(Buffer.from(JSON.stringify(value)));

test('an event that names its system and object has their key, whatever else is wrong with it', () => {
  expect(of({ system_name: 'shop', object_id: 'o1', metadata: 3 })).toEqual({ systemName: 'shop', objectId: 'o1' });
});

test.each([
  ['no JSON', '{"system_name":'],
  ['null', 'null'],
  ['an array', '[]'],
  ['a key that is no text', '{"system_name":"shop","object_id":7}'],
  ['an empty name', '{"system_name":"","object_id":"o1"}'],
  ['a name over its limit', `{"system_name":"${'s'.repeat(129)}","object_id":"o1"}`],
  ['hostile text', String.raw`{"system_name":"shop","object_id":"\ud800"}`],
  ['NUL', String.raw`{"system_name":"shop","object_id":"\u0000"}`],
])('%s has none', (_what, text) => {
  expect(readKey(Buffer.from(text))).toBeNull();
});
