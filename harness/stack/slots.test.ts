import { expect, test } from 'vitest';
import { createVirtualClock } from '../engine/virtual-clock.ts';
import { createSlots } from './slots.ts';

const ended = { pid: 7, exited: Promise.resolve({ code: null, signal: 'SIGKILL' }) };
const lives = { pid: 8, exited: new Promise<never>(() => undefined) };

test('another is started in the slot of one that has ended', async () => {
  expect(await createSlots(createVirtualClock()).fill('worker 0', ended, async () => 'started')).toBe('started');
});

test('none is started beside one that runs, and nobody waits for its end for ever', async () => {
  const clock = createVirtualClock();
  const filling = createSlots(clock).fill('worker 0', lives, async () => 'started');
  await expect(filling).rejects.toThrow('worker 0 (pid 8) still runs');
  expect(clock.now()).toBeLessThanOrEqual(5000);
});

test('of two that would take one slot the second is refused, and the slot is free again once the first is there, or has failed', async () => {
  const slots = createSlots(createVirtualClock());
  const first = slots.fill('worker 0', ended, async () => 'first');
  await expect(slots.fill('worker 0', ended, async () => 'second')).rejects.toThrow('worker 0 is being started again already');
  expect(await slots.fill('worker 1', ended, async () => 'beside')).toBe('beside');
  expect(await first).toBe('first');
  await expect(slots.fill('worker 0', ended, () => Promise.reject(new Error('no port')))).rejects.toThrow('no port');
  expect(await slots.fill('worker 0', ended, async () => 'third')).toBe('third');
});
