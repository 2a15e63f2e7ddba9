import { expect, test } from 'vitest';
import { gateValue } from './figures.ts';

test.each([
  [0.02, '', 0.01, '2%'],
  [0.9493, '', 0.95, '94.9%'],
  [0.94996, '', 0.95, '94.996%'],
  [0.9504, '', 0.95, '95.04%'],
  [0.95, '', 0.95, '95%'],
  [0.01004, '', 0.01, '1.004%'],
  [0.5, '', 0.95, '50%'],
  [949.7, '/s', 950, '949.7/s'],
  [900.2, '/s', 950, '900/s'],
  [200.3, 'ms', 200, '200.3 ms'],
  [250.4, 'ms', 200, '250 ms'],
  [12_340, 'ms', 12_300, '12.34 s'],
  [null, 'ms', 200, 'no data'],
])('%j %s of a bound %j is shown as %s', (measured, unit, bound, shown) => {
  expect(gateValue({ measured, unit, bound })).toBe(shown);
});
