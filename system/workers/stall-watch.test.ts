import { expect, test } from 'vitest';
import { createStallWatch, lookIntervalMs } from './stall-watch.ts';

const deadlineMs = 250;
const everyMs = lookIntervalMs(deadlineMs);
const inside = { calls: 7n, inHandler: true, position: 1 };

test('a call that makes no step is over the deadline after the deadline, and not long before', () => {
  const watch = createStallWatch(deadlineMs);
  let atMs = 0;
  while (!watch.look(inside, (atMs += everyMs)));
  expect(atMs).toBeGreaterThanOrEqual(deadlineMs);
  expect(atMs).toBeLessThanOrEqual(deadlineMs + 2 * everyMs);
});

test('steps begin the time anew', () => {
  const watch = createStallWatch(deadlineMs);
  for (let step = 1; step < 200; step += 1)
    expect(watch.look({ ...inside, calls: BigInt(2 * Math.floor(step / 5) + 1) }, step * everyMs)).toBe(false);
});

test('a process that was paused does not blame the handler', () => {
  const watch = createStallWatch(deadlineMs);
  expect(watch.look(inside, 0)).toBe(false);
  expect(watch.look(inside, 5000)).toBe(false);
  expect(watch.look(inside, 5000 + everyMs)).toBe(false);
});

test('time outside of a handler does not count', () => {
  const watch = createStallWatch(deadlineMs);
  for (let step = 1; step < 100; step += 1) expect(watch.look({ ...inside, calls: 8n, inHandler: false }, step * everyMs)).toBe(false);
});
