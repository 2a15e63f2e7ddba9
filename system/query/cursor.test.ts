import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCursors } from './cursor.ts';

const cursors = createCursors<[string, number]>('/parked-keys', { processor: 'timelines' }, ['text', 'position']);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const fingerprint = () => JSON.parse(Buffer.from(cursors.format(['a', 1]), 'base64url').toString())[1] as string;

describe('a cursor', () => {
  it('gives back the key that it was made of', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, fc.maxSafeNat(), (name, id) => {
        expect(cursors.parse(cursors.format([name, id]))).toEqual([name, id]);
      }),
    );
  });

  it('is refused under other filters and on another route', () => {
    const cursor = cursors.format(['a', 1]);
    expect(createCursors('/parked-keys', { processor: 'events' }, ['text', 'position']).parse(cursor)).toBeNull();
    expect(createCursors('/dead-letters', { processor: 'timelines' }, ['text', 'position']).parse(cursor)).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['no base64url', '***'],
    ['no JSON', Buffer.from('nope').toString('base64url')],
    ['no array', encode({ length: 4 })],
    ['a newer format', encode([2, fingerprint(), 'a', 1])],
    ['too few values', encode([1, fingerprint(), 'a'])],
    ['too many values', encode([1, fingerprint(), 'a', 1, 2])],
    ['a number for a text', encode([1, fingerprint(), 5, 1])],
    ['a text for a number', encode([1, fingerprint(), 'a', '1 or true'])],
    ['a negative position', encode([1, fingerprint(), 'a', -1])],
    ['a fraction', encode([1, fingerprint(), 'a', 0.5])],
    ['a position past 2^53', encode([1, fingerprint(), 'a', 2 ** 53])],
    ['U+0000, which PostgreSQL can not take', encode([1, fingerprint(), '\0', 1])],
    ['a lone surrogate', encode([1, fingerprint(), '\ud800', 1])],
    ['a huge text', 'A'.repeat(10_000)],
  ])('is refused with %s', (_what, cursor) => {
    expect(cursors.parse(cursor)).toBeNull();
  });

  it('is never taken from noise, nor does noise throw', () => {
    fc.assert(
      fc.property(fc.string(), (noise) => {
        expect(cursors.parse(noise)).toBeNull();
      }),
    );
  });
});
