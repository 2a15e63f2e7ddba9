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

  it('gives a time as PostgreSQL reads it, whatever was written into it by hand', () => {
    const timed = createCursors<[string]>('/counts', {}, ['time']);
    const print = JSON.parse(Buffer.from(timed.format(['']), 'base64url').toString())[1] as string;
    // PostgreSQL knows no offset of sixteen hours and more.
    expect(timed.parse(encode([1, print, '2026-01-02T03:04:05+23:59']))).toEqual(['2026-01-01T03:05:05.000000Z']);
    expect(timed.parse(encode([1, print, '2026-01-01t00:00:60.123456789z']))).toEqual(['2026-01-01T00:01:00.123456Z']);
    expect(timed.parse(encode([1, print, '2026-02-30T00:00:00Z']))).toBeNull();
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
