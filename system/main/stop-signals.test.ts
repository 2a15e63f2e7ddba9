import { expect, test } from 'vitest';
import { createSignalCount } from './stop-signals.ts';

test('a signal counts as a second one only where somebody had the time to mean it', () => {
  let nowMs = 5000;
  const count = createSignalCount(() => nowMs);
  expect(count()).toBe('first');
  // npm passes on what the terminal sends its child as well.
  expect(count()).toBe('same');
  nowMs += 999;
  expect(count()).toBe('same');
  nowMs += 1;
  expect(count()).toBe('second');
  expect(count()).toBe('second');
});
