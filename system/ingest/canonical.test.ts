import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyHash, canonicalText } from './canonical.ts';
import { mayLoseDigits, parseExactly } from './exact-number.ts';

const canonicalOf = (text: string) => canonicalText(mayLoseDigits(text) ? parseExactly(text) : JSON.parse(text));

/** Any JSON value whose strings are well-formed. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    tie('array'),
    tie('object'),
  ),
  array: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '1', '10', '2')), tie('value'), {
    maxKeys: 5,
  }),
})).value;

const reverseKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toReversed();
  const reversed: unknown = Object.create(null);
  for (const [key, member] of entries) {
    Object.defineProperty(reversed, key, { value: reverseKeys(member), enumerable: true, configurable: true, writable: true });
  }
  return reversed;
};

test('the fast way and the exact way give one text', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = JSON.stringify(value);
      expect(canonicalText(JSON.parse(text))).toBe(canonicalText(parseExactly(text)));
    }),
  );
});

test('the order of keys is irrelevant, and white space too', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalOf(JSON.stringify(reverseKeys(value), null, 2))).toBe(canonicalOf(JSON.stringify(value)));
    }),
  );
});

test('values that differ have texts that differ', () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      const [first, second] = [JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other))] as const;
      const areEqual = JSON.stringify(sortedEntries(first)) === JSON.stringify(sortedEntries(second));
      expect(canonicalText(first) === canonicalText(second)).toBe(areEqual);
    }),
  );
});

/** Another way to say the same, to compare with: objects as sorted lists of entries. -0 is 0 in both. */
const sortedEntries = (value: unknown): unknown => {
  if (Array.isArray(value)) return { array: value.map(sortedEntries) };
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([key, member]) => [key, sortedEntries(member)])
    .toSorted((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1));
};

test('the order of an array is relevant', () => {
  expect(canonicalOf('[1,2]')).not.toBe(canonicalOf('[2,1]'));
});

test.each([
  ['[1.0]', '[1e0]'],
  ['[100]', '[1E2]'],
  ['[0.10]', '[1e-1]'],
  ['[-0]', '[0.0]'],
  [String.raw`["\u0041\/"]`, '["A/"]'],
])('%s says the same as %s', (one, other) => {
  expect(canonicalOf(one)).toBe(canonicalOf(other));
});

test.each([
  ['[9007199254740993]', '[9007199254740992]'],
  ['[0.1]', '[0.1000000000000000055511151231257827]'],
  ['[1e308]', '[1e309]'],
  ['["1"]', '[1]'],
  ['{"a":null}', '{}'],
])('%s says another thing than %s', (one, other) => {
  expect(canonicalOf(one)).not.toBe(canonicalOf(other));
});

const event = { system_name: 's', object_id: 'o', event_name: 'n', event_time: 't', metadata: {} };

test('each field of the contract is in the hash, the idempotency key is not', () => {
  const original = bodyHash(event).toString('hex');
  const changes = [{ system_name: 'x' }, { object_id: 'x' }, { event_name: 'x' }, { event_time: 'x' }, { metadata: [] }, { sequence: 1 }];
  for (const change of changes) expect(bodyHash({ ...event, ...change }).toString('hex')).not.toBe(original);
  expect(bodyHash({ ...event, id: 'k' }).toString('hex')).toBe(original);
  expect(bodyHash({ ...event, object_id: 'n', event_name: 'o' }).toString('hex')).not.toBe(original);
});
