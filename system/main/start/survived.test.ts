import { expect, test } from 'vitest';
import { describeState } from './survived.ts';

test('an empty stream is said to be empty', () => {
  expect(describeState({ stream: { appended: 0 }, processors: [], dead_letters: 0, parked_keys: 0 })).toBe('empty: no event yet');
});

test('counts what is there, with the largest lag of any processor', () => {
  const processors = [{ lag: 3 }, { lag: 1200 }];
  expect(describeState({ stream: { appended: 12_345 }, processors, dead_letters: 1, parked_keys: 2 })).toBe(
    '12,345 events, 1,200 still to process, 1 dead letter, 2 parked keys',
  );
});

test('one event, all processed', () => {
  expect(describeState({ stream: { appended: 1 }, processors: [{ lag: 0 }], dead_letters: 0, parked_keys: 0 })).toBe(
    '1 event, all processed, 0 dead letters, 0 parked keys',
  );
});
