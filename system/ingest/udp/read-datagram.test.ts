import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorCodes } from '../../contract/error-codes.ts';
import { readDatagram } from './read-datagram.ts';
import { checkedDatagram, datagramText, eventText } from './testing.ts';

const head = { source: 'till-1', boot: '6f1c', n: 7 };
const texts = (datagram: Buffer) => {
  const read = readDatagram(datagram);
  return read.kind === 'read' ? read.events.map((event) => event.toString()) : read.code;
};

test('one event, or an event a line, needs no head', () => {
  expect(texts(Buffer.from(eventText('a')))).toEqual([eventText('a')]);
  expect(texts(Buffer.from(`${eventText('a')}\n\n${eventText('b')}\n`))).toEqual([eventText('a'), eventText('b')]);
});

test('a head says who sends, which datagram it is, and whose', () => {
  const read = readDatagram(datagramText({ token: 'secret', ...head }, eventText('a')));
  expect(read).toMatchObject({ kind: 'read', head: { token: 'secret', ...head } });
});

test('a token goes without a number, and a mark without an event', () => {
  expect(readDatagram(datagramText({ token: 'secret' }, eventText('a')))).toMatchObject({ kind: 'read', head: { token: 'secret' } });
  const mark = { copy: 1, datagrams: 9, events: 12 };
  expect(readDatagram(checkedDatagram({ source: 'till-1', boot: '6f1c', mark }))).toMatchObject({
    kind: 'read',
    head: { mark },
    events: [],
  });
});

test.each([
  ['has no event', Buffer.from(''), 'empty_batch'],
  ['has a head and no event', datagramText(head), 'empty_batch'],
  ['has a head that is no JSON', Buffer.from('{"source":'), 'invalid_datagram'],
  ['names a source without a boot', datagramText({ source: 'till-1', n: 1 }, eventText('a')), 'invalid_datagram'],
  ['has a number and nobody whose it is', datagramText({ token: 'secret', n: 1 }, eventText('a')), 'invalid_datagram'],
  ['names its sender without a number', datagramText({ source: 'till-1', boot: 'a' }, eventText('a')), 'invalid_datagram'],
  ['is number 0', datagramText({ ...head, n: 0 }, eventText('a')), 'invalid_datagram'],
  ['has a source that no store gives back', datagramText({ ...head, source: 'a\u0000' }, eventText('a')), 'invalid_datagram'],
  ['has a member of the head that nobody knows', datagramText({ ...head, colour: 'red' }, eventText('a')), 'invalid_datagram'],
  ['is number and mark', datagramText({ ...head, mark: { datagrams: 1, events: 1 } }), 'invalid_datagram'],
  [
    'is a mark with events',
    datagramText({ source: 'a', boot: 'b', mark: { datagrams: 1, events: 1 } }, eventText('a')),
    'invalid_datagram',
  ],
  ['has its checksum in the middle', datagramText({ source: 'a', crc32: '00000000', boot: 'b', n: 1 }, eventText('a')), 'invalid_datagram'],
  ['has another checksum', datagramText({ ...head, crc32: '00000000' }, eventText('a')), 'damaged_datagram'],
])('one that %s is refused as a whole', (_what, datagram, code) => {
  expect(texts(datagram)).toBe(code);
});

test('whichever single bit of a datagram with a checksum is turned over, none of its events is taken', () => {
  const whole = checkedDatagram(head, eventText('a', { metadata: { city: '東京' } }));
  expect(texts(whole)).toHaveLength(1);
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const damaged = Buffer.from(whole);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(['damaged_datagram', 'invalid_datagram'], `bit ${bit}`).toContain(texts(damaged));
  }
});

test('whatever comes, it is read or refused with a stable code, and never throws', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    fc.record({ source: fc.json(), boot: fc.json(), n: fc.json(), mark: fc.json() }, { requiredKeys: ['source'] }).map((members) =>
      Buffer.from(
        `{${Object.entries(members)
          .map(([key, json]) => `"${key}":${json}`)
          .join(',')}}\n{}`,
      ),
    ),
    fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(60)).map(([noise, at]) => {
      const whole = checkedDatagram(head, eventText('a'));
      return Buffer.concat([whole.subarray(0, at), Buffer.from(noise), whole.subarray(at)]);
    }),
  );
  fc.assert(
    fc.property(anything, (datagram) => {
      const read = readDatagram(datagram);
      const isWhole = read.kind === 'read' && (read.events.length > 0 || read.head?.mark !== undefined);
      expect(isWhole || (read.kind === 'refused' && read.code in errorCodes)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
