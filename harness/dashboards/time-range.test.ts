import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDurationMs, parseDurationMs, parseTimePoint } from './time-range.ts';

const now = Date.parse('2026-03-04T05:06:07Z');

it.each<[string, number | null]>([
  ['now', now],
  ['now-15m', now - 900_000],
  ['now+1h', now + 3_600_000],
  ['now/h', Date.parse('2026-03-04T05:00:00Z')],
  ['now-1d/d', Date.parse('2026-03-03T00:00:00Z')],
  ['2026-03-04T05:00:00Z', Date.parse('2026-03-04T05:00:00Z')],
  ['1772600000000', 1_772_600_000_000],
  ['yesterday', null],
  ['now-15', null],
  ['now-15x', null],
  ['', null],
])('reads the time "%s"', (text, expected) => expect(parseTimePoint(text, now)).toBe(expected));

it('rounds up at the end of a range', () => expect(parseTimePoint('now/d', now, true)).toBe(Date.parse('2026-03-05T00:00:00Z') - 1));

it('reads every duration that it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), (durationMs) => {
      expect(parseDurationMs(formatDurationMs(durationMs))).toBe(durationMs);
    }),
  );
});

it.each<[string, number | null]>([
  ['1.5h', 5_400_000],
  ['>5s', 5_000],
  ['30', 30_000],
  ['5 parsecs', null],
])('reads the duration "%s"', (text, expected) => expect(parseDurationMs(text)).toBe(expected));
