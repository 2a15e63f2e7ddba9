import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFrameReader } from './frame-reader.ts';

const frame = (type: string, body: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(body) + 4);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
};
const frames = fc.array(fc.record({ type: fc.constantFrom('', 'Q', 'Z', 'C', 'D'), body: fc.string({ maxLength: 40 }) }), { maxLength: 8 });
/** Only the first message of a connection has no type. */
const bytesOf = (all: readonly { type: string; body: string }[]): Buffer =>
  Buffer.concat(all.map(({ type, body }, n) => frame(n === 0 ? type : type || 'X', body)));
const typesOf = (all: readonly { type: string }[]): string[] => all.map(({ type }, n) => (n === 0 ? type : type || 'X'));

const cut = (bytes: Buffer, at: readonly number[]): Buffer[] => {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, n) => bytes.subarray(places[n], to));
};

describe('the frame reader', () => {
  test('gives every byte back in order and names every message, wherever the input was cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(400), { maxLength: 12 }), (all, at) => {
        const reader = createFrameReader(16);
        if (all[0]?.type === '') reader.expectUntyped();
        const bytes = bytesOf(all);
        const pieces = cut(bytes, at).flatMap((chunk) => reader.read(chunk));
        expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(bytes)).toBe(true);
        const ends = pieces.filter(({ isLast }) => isLast);
        expect(ends.map(({ type }) => type)).toEqual(typesOf(all));
        expect(ends.map(({ head }) => head.toString())).toEqual(all.map(({ body }) => Buffer.from(body).subarray(0, 16).toString()));
      }),
    );
  });

  test('keeps no more of a body than it was told to', () => {
    const [piece] = createFrameReader(4).read(frame('D', 'x'.repeat(100_000)));
    expect(piece?.head.toString()).toBe('xxxx');
  });
});
