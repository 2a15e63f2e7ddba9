import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datagramOf, markOf, mostHeadBytes } from './datagram.ts';
import { readDatagram } from './testing.ts';

const sender = { source: 'producer-0', boot: '6f1c' };

test('a datagram says who sent it, its number, and its events, an event a line', () => {
  const datagram = datagramOf(sender, 7, [Buffer.from('{"id":"a"}'), Buffer.from('{"id":"東京"}')]);
  expect(datagram.toString('utf8')).toMatch(
    /^\{"source":"producer-0","boot":"6f1c","n":7,"crc32":"[0-9a-f]{8}"\}\n\{"id":"a"\}\n\{"id":"東京"\}$/,
  );
  expect(readDatagram(datagram)).toEqual({ head: { ...sender, n: 7 }, events: ['{"id":"a"}', '{"id":"東京"}'] });
});

test('a high-water mark says how much was sent in all', () => {
  const mark = { copy: 2, datagrams: 10, events: 31 };
  expect(readDatagram(markOf({ ...sender, ...mark }))).toEqual({ head: { ...sender, mark }, events: [] });
});

test('whichever single bit is turned over, the datagram is seen to be damaged', () => {
  const whole = datagramOf(sender, 12, [Buffer.from('{"id":"a","metadata":{"city":"東京"}}')]);
  expect(readDatagram(whole)).not.toBeNull();
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const damaged = Buffer.from(whole);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(readDatagram(damaged), `bit ${bit}`).toBeNull();
  }
});

test('its head is never longer than the room that is kept for it', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (n, copy) => {
      const longest = { source: `producer-${'9'.repeat(5)}`, boot: crypto.randomUUID() };
      expect(datagramOf(longest, n, []).length).toBeLessThanOrEqual(mostHeadBytes);
      expect(markOf({ ...longest, copy, datagrams: n, events: n }).length).toBeLessThanOrEqual(mostHeadBytes);
    }),
  );
});
