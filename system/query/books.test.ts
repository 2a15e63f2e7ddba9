import { expect, it } from 'vitest';
import { dropOf } from './books.ts';

const terms = { applied: 10, ignored: 1, parked: 2, pending: 3, discarded: 4, skipped: 5, shed: 6 };

it('finds nothing dropped where the terms add up to the checkpoint', () => {
  expect(dropOf(31, terms)).toBe(0);
});

it.each(Object.keys(terms))('misses each event that %s does not count', (term) => {
  expect(dropOf(31, { ...terms, [term]: 0 })).toBe(terms[term as keyof typeof terms]);
});

it('shows what is counted twice as less than 0', () => {
  expect(dropOf(31, { ...terms, applied: 11 })).toBe(-1);
});
