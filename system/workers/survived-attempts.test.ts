import { expect, test } from 'vitest';
import { createSurvivedAttempts } from './survived-attempts.ts';

const lane = { processor: 'timelines', version: 1, lane: 3 };

test('an attempt that was interrupted while the thread lived is taken off, each time', () => {
  const attempts = createSurvivedAttempts();
  attempts.noted(lane, 7);
  expect(attempts.of(lane, 7)).toBe(0);
  attempts.interrupted();
  attempts.noted(lane, 7);
  attempts.interrupted();
  expect(attempts.of(lane, 7)).toBe(2);
  expect(attempts.of(lane, 8)).toBe(0);
});

test('an attempt that was settled counts, and forgets what was survived before it', () => {
  const attempts = createSurvivedAttempts();
  attempts.noted(lane, 7);
  attempts.interrupted();
  attempts.noted(lane, 7);
  attempts.settled();
  attempts.interrupted();
  expect(attempts.of(lane, 7)).toBe(0);
});
