import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatValue, isUnit } from './units.ts';

// Expected texts are those that Grafana 13 shows.
describe('formatValue', () => {
  it.each<[number, string, number | undefined, string]>([
    [0, 's', undefined, '0 s'],
    [0.0000005, 's', undefined, '500 ns'],
    [0.00025, 's', undefined, '250 µs'],
    [0.25, 's', undefined, '250 ms'],
    [1, 's', undefined, '1 s'],
    [1.5, 's', undefined, '1.50 s'],
    [90, 's', undefined, '1.50 min'],
    [7_200, 's', undefined, '2 hour'],
    [172_800, 's', 1, '2.0 day'],
    [0.5, 'ms', undefined, '0.500 ms'],
    [1_500, 'ms', undefined, '1.50 s'],
    [1_024, 'bytes', undefined, '1 KiB'],
    [1_572_864, 'bytes', 1, '1.5 MiB'],
    [1_500, 'decbytes', undefined, '1.50 kB'],
    [999, 'short', undefined, '999'],
    [1_000, 'short', undefined, '1 K'],
    [1_234_567, 'short', undefined, '1.23 Mil'],
    [1_234, 'reqps', undefined, '1.23K req/s'],
    [12, 'reqps', undefined, '12 req/s'],
    [0.5, 'cps', undefined, '0.500 c/s'],
    [3, 'ops', 1, '3.0 ops/s'],
    [0.1234, 'percentunit', 1, '12.3%'],
    [1, 'percentunit', undefined, '100%'],
    [12.34, 'percent', undefined, '12.3%'],
    [1_234.5, 'none', undefined, '1235'],
    [12.345, 'none', 2, '12.35'],
    [-1.5, 'none', undefined, '-1.5'],
    [5, 'suffix:rows', undefined, '5 rows'],
    [5, 'prefix:~', undefined, '~5'],
    [2_500, 'si:B', undefined, '2.50 kB'],
    [1, 'bool_yes_no', undefined, 'Yes'],
    [Number.NaN, 's', undefined, 'NaN'],
    [Infinity, 'short', undefined, '∞'],
    [-Infinity, 's', undefined, '-∞'],
  ])('shows %d in %s (decimals %s) as %s', (value, unit, decimals, expected) => {
    expect(formatValue(value, unit, decimals)).toBe(expected);
  });

  it('shows every number in every unit, and never an empty text', () => {
    fc.assert(
      fc.property(fc.double(), fc.constantFrom('s', 'ms', 'bytes', 'short', 'reqps', 'percentunit', 'none'), (value, unit) => {
        expect(formatValue(value, unit)).not.toMatch(/^$|undefined/);
      }),
    );
  });
});

it.each(['s', 'short', 'suffix:x', ''])('knows the unit "%s"', (unit) => expect(isUnit(unit)).toBe(true));
it.each(['furlong', 'currency:EUR', 'toString', 'S'])('does not know the unit "%s"', (unit) => expect(isUnit(unit)).toBe(false));
