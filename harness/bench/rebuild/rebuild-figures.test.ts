import { expect, test } from 'vitest';
import type { Reads } from './live-traffic.ts';
import { rebuildFigures } from './rebuild-figures.ts';

const reads = (agesMs: readonly number[], failed = 0): Reads => ({ agesMs, failed });
const few = reads([3, 0, 1]);

const holding = (building: Reads, switching: Reads) =>
  Object.fromEntries(
    rebuildFigures(1000, few, { seconds: 2, building, switching }).map(({ name, holds, value }) => [name, { value, holds }]),
  );

test('the oldest read is the worst one, and 99 of 100 leave out the worst of a hundred', () => {
  const hundred = reads([...Array.from({ length: 99 }, () => 5), 900]);
  expect(holding(hundred, few)).toMatchObject({
    'rebuild: the oldest read while it is built': { value: 900, holds: true },
    'rebuild: 99 of 100 reads while it is built are no older than': { value: 5, holds: true },
    'rebuild: the oldest read over the switch and back': { value: 3, holds: true },
  });
});

test('where nobody could read, no read was fresh', () => {
  expect(holding(reads([], 40), reads([]))).toMatchObject({
    'rebuild: the oldest read while it is built': { holds: false },
    'rebuild: 99 of 100 reads while it is built are no older than': { holds: false },
    'rebuild: the oldest read over the switch and back': { holds: false },
    'rebuild: reads that failed': { value: 40, holds: false },
  });
});
