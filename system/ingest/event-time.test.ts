import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEventTime } from './event-time.ts';

test.each([
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['2026-01-01t00:00:00z', '2026-01-01T00:00:00Z'],
  ['2026-01-01 12:00:00+01:30', '2026-01-01T10:30:00Z'],
  ['2026-01-01T00:00:00.5-00:00', '2026-01-01T00:00:00.5Z'],
  ['2026-01-01T00:00:00.123456789Z', '2026-01-01T00:00:00.123456Z'],
  ['2026-12-31T23:59:59.9999999Z', '2026-12-31T23:59:59.999999Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
  ['2017-01-01T08:59:60.5+09:00', '2017-01-01T00:00:00.5Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00Z'],
  ['0000-06-01T00:00:00Z', '0001-06-01T00:00:00Z BC'],
  ['0001-01-01T00:00:00+01:00', '0001-12-31T23:00:00Z BC'],
  ['9999-12-31T23:59:59-01:00', '10000-01-01T00:59:59Z'],
])('%s is %s', (text, stored) => {
  expect(parseEventTime(text)).toBe(stored);
});

test.each([
  '',
  'now',
  '2026-01-01',
  '2026-01-01T00:00Z',
  '2026-01-01T00:00:00',
  '2026-13-01T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T12:00:60Z',
  '2026-01-15T23:59:60Z',
  '2026-01-01T00:00:61Z',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00+0100',
  '2026-01-01T00:00:00.Z',
  '26-01-01T00:00:00Z',
  ' 2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00Z\n',
  '1767225600',
])('%j is no RFC 3339 time', (text) => {
  expect(parseEventTime(text)).toBeNull();
});

test('an instant is the same in any offset', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0002-01-01Z'), max: new Date('9998-01-01Z'), noInvalidDate: true }),
      fc.integer({ min: -1439, max: 1439 }),
      (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => String(part).padStart(2, '0'));
        expect(parseEventTime(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(date.toISOString());
      },
    ),
  );
});
