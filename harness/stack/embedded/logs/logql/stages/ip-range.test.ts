import { expect, test } from 'vitest';
import { hasIpIn, parseIpRange } from './ip-range.ts';

test.each([
  ['10.0.0.1', 'from 10.0.0.1 to', true],
  ['10.0.0.1', '10.0.0.11', false],
  ['10.0.0.1', '110.0.0.1', false],
  ['10.0.0.0/8', 'x=10.200.3.4,', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['192.168.4.5-192.168.4.20', '192.168.4.21 192.168.4.20', true],
  ['2001:db8::/32', 'at [2001:db8:1::7]:80', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['::1', 'is ::1 here', true],
  ['10.0.0.1', 'nothing', false],
  ['10.0.0.1', '', false],
])('%s in %j: %s', (range, line, expected) => {
  expect(hasIpIn(parseIpRange(range), line)).toBe(expected);
});

test.each(['', 'x', '10.0.0', '10.0.0.0/33', '10.0.0.9-10.0.0.1', '10.0.0.1-::1'])('%j is no range', (text) => {
  expect(() => parseIpRange(text)).toThrow('ip: invalid pattern');
});
