import { expect, test } from 'vitest';
import { cpuPerSecond } from './watch-cpu.ts';

test('what a generator uses to begin and to end is not in what it uses a second', () => {
  // Five seconds: one in which it settles at a whole core, four at half a core, and an end that costs a second at once.
  const samples = Array.from({ length: 26 }, (_, n) => ({ at: n * 200, cpu: n <= 5 ? n * 0.2 : n >= 24 ? 10 : 1 + (n - 5) * 0.1 }));
  expect(cpuPerSecond(samples, 4)).toBeCloseTo(0.5, 5);
});

test('a run that is too short says nothing', () => {
  expect(cpuPerSecond([], 4)).toBeNaN();
  expect(cpuPerSecond([{ at: 0, cpu: 0 }], 4)).toBeNaN();
});
