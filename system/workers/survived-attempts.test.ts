import { expect, test } from 'vitest';
import { createSurvivedAttempts } from './survived-attempts.ts';

const cannot = () => Promise.reject(new Error('storage is away'));
const lane = { processor: 'timelines', version: 1, lane: 3 };

test('an attempt that was interrupted while the thread lived is taken off, each time', async () => {
  const attempts = createSurvivedAttempts();
  attempts.noted(lane, 7, cannot);
  expect(attempts.of(lane, 7)).toBe(0);
  await attempts.interrupted();
  attempts.noted(lane, 7, cannot);
  await attempts.interrupted();
  expect(attempts.of(lane, 7)).toBe(2);
  expect(attempts.of(lane, 8)).toBe(0);
});

test('an attempt that was settled counts, and forgets what was survived before it', async () => {
  const attempts = createSurvivedAttempts();
  attempts.noted(lane, 7, cannot);
  await attempts.interrupted();
  attempts.noted(lane, 7, cannot);
  attempts.settled();
  await attempts.interrupted();
  expect(attempts.of(lane, 7)).toBe(0);
});

test('what storage took off is not taken off here as well; what it could not take off goes with the next', async () => {
  const attempts = createSurvivedAttempts();
  const counts: number[] = [];
  const look = (takenOff: () => Promise<boolean>) => {
    attempts.noted(lane, 7, (count) => {
      counts.push(count);
      return takenOff();
    });
    return attempts.interrupted();
  };
  await look(cannot);
  expect(attempts.of(lane, 7)).toBe(1);
  // Another epoch has the lane by now.
  await look(async () => false);
  expect(attempts.of(lane, 7)).toBe(2);
  await look(async () => true);
  expect(attempts.of(lane, 7)).toBe(0);
  expect(counts).toEqual([1, 2, 3]);
});

test('of several events that one task counted the last one alone stands stored, and storage is asked once, however many they are', async () => {
  const attempts = createSurvivedAttempts();
  const asked: number[] = [];
  const noteAll = () => {
    for (const position of [7, 8, 9])
      attempts.noted(lane, position, () => {
        asked.push(position);
        return cannot();
      });
  };
  noteAll();
  await attempts.interrupted();
  expect(asked).toEqual([9]);
  expect([7, 8, 9].map((position) => attempts.of(lane, position))).toEqual([0, 0, 1]);
  noteAll();
  // Again, as its effect was refused: now it is the last.
  attempts.noted(lane, 7, cannot);
  await attempts.interrupted();
  expect([7, 8, 9].map((position) => attempts.of(lane, position))).toEqual([2, 0, 0]);
});

test('an event that was counted twice in one task, as its effect was refused, is taken off twice', async () => {
  const attempts = createSurvivedAttempts();
  const counts: number[] = [];
  const takeOff = async (count: number) => counts.push(count) > 0;
  attempts.noted(lane, 7, takeOff);
  attempts.noted(lane, 7, takeOff);
  await attempts.interrupted();
  expect(counts).toEqual([2]);
});

test('the attempt that took another thread with it is taken off with those of this thread, and is not remembered here', async () => {
  const attempts = createSurvivedAttempts();
  const counts: number[] = [];
  attempts.noted(lane, 7, cannot);
  await attempts.interrupted();
  for (const answer of [cannot, async () => true]) {
    attempts.inherited(lane, 7, (count) => {
      counts.push(count);
      return answer();
    });
    await attempts.interrupted();
  }
  expect([counts, attempts.of(lane, 7), attempts.takenOff(), attempts.takenOff()]).toEqual([[2, 2], 0, [7], []]);
});

test('a task that settles nothing hears that storage can not take its attempt off, and it is remembered', async () => {
  const attempts = createSurvivedAttempts();
  attempts.noted(lane, 7, cannot);
  await expect(attempts.undone()).rejects.toThrow('storage is away');
  await attempts.interrupted();
  expect(attempts.of(lane, 7)).toBe(1);
});

test('how often an event was interrupted is known though it was taken off, until one of its attempts is settled', async () => {
  const attempts = createSurvivedAttempts();
  for (let look = 1; look <= 2; look += 1) {
    attempts.noted(lane, 7, async () => true);
    await attempts.interrupted();
  }
  expect([attempts.of(lane, 7), attempts.interruptions(lane, 7), attempts.interruptions(lane, 8)]).toEqual([0, 2, 0]);
  attempts.noted(lane, 7, async () => true);
  attempts.settled();
  expect(attempts.interruptions(lane, 7)).toBe(0);
});

test('of events that never come again no more than a thousand are remembered', async () => {
  const attempts = createSurvivedAttempts();
  for (let position = 1; position <= 1001; position += 1) {
    attempts.noted(lane, position, async () => true);
    await attempts.interrupted();
  }
  expect([1, 2, 1001].map((position) => attempts.interruptions(lane, position))).toEqual([0, 1, 1]);
});
