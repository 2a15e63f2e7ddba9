import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareOf } from './fair-lanes.ts';

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 70 });

test('shares differ by one at most, and are all of the lanes', () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 256 }), (instances, lanes) => {
      const shares = instances.map((instance) => shareOf(instance, instances, lanes));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(lanes);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
  );
});

test('whoever is not among them has none', () => {
  expect(shareOf('c', ['a', 'b'], 8)).toBe(0);
});
