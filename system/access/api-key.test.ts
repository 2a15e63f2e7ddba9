import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashKey, isKeyOf, keyIdOf, makeApiKey } from './api-key.ts';

test('a key has a readable id in it, 256 random bits, and no two are the same', () => {
  const keys = Array.from({ length: 200 }, () => makeApiKey());
  expect(new Set(keys.map(({ text }) => text)).size).toBe(200);
  for (const { keyId, text } of keys) {
    expect(keyIdOf(text)).toBe(keyId);
    expect(text).toMatch(/^fl_[0-9a-hjkmnp-tv-z]{10}_[\w-]{43}$/);
    expect(Buffer.from(text.slice(-43), 'base64url')).toHaveLength(32);
  }
});

test('a key is known by its hash, and nothing near it is', () => {
  const { text } = makeApiKey();
  const kept = hashKey(text);
  expect(kept).toHaveLength(32);
  expect(kept.toString()).not.toContain(text);
  expect(isKeyOf(text, kept)).toBe(true);
  expect(isKeyOf(`${text} `, kept)).toBe(false);
  expect(isKeyOf(text.slice(0, -1), kept)).toBe(false);
  expect(isKeyOf(text, kept.subarray(1))).toBe(false);
});

test('no other text is a key', () => {
  for (const text of [
    '',
    'fl_',
    'fl_0123456789',
    `fl_0123456789_${'a'.repeat(42)}`,
    `fl_012345678l_${'a'.repeat(43)}`,
    `FL_0123456789_${'a'.repeat(43)}`,
  ])
    expect(keyIdOf(text)).toBeNull();
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => keyIdOf(text) === null));
});
