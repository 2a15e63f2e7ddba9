import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTimeOrderedIdentities, identityOfKey } from './identity.ts';

test('the identity of a key is the first half of the SHA-256 over the parts with their lengths', () => {
  const expected = createHash('sha256').update('7:default4:shop5:größ').digest('hex').slice(0, 32);
  expect(identityOfKey('default', 'shop', 'grö' + 'ß').replaceAll('-', '')).not.toBe(expected);
  const bytes = createHash('sha256').update('7:default4:shop6:größ').digest('hex').slice(0, 32);
  expect(identityOfKey('default', 'shop', 'größ').replaceAll('-', '')).toBe(bytes);
});

test('parts do not run into each other', () => {
  expect(identityOfKey('default', 'a', 'bc')).not.toBe(identityOfKey('default', 'ab', 'c'));
});

test('new identities are UUIDs of version 7, in the order of time, and all different', () => {
  let seed = 1;
  const next = createTimeOrderedIdentities((bytes) => {
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16;
  });
  const identities = Array.from({ length: 2000 }, (_, index) => next(1_700_000_000_000 + index));
  for (const identity of identities) expect(identity).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(identities.toSorted()).toEqual(identities);
  expect(new Set(identities).size).toBe(2000);
  expect(identities[0]).toMatch(/^018bcfe5-6800-7/);
});
