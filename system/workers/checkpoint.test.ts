import { expect, test } from 'vitest';
import { compareCheckpoint } from './checkpoint.ts';

const expected = { position: 10, epoch: 3 };

test('a row as expected may be moved', () => {
  expect(compareCheckpoint({ position: 10, epoch: 3 }, expected)).toBe('advanced');
});

test('a row further on under our epoch is our own earlier attempt', () => {
  expect(compareCheckpoint({ position: 12, epoch: 3 }, expected)).toBe('already_there');
});

test('a row further back under our epoch is a database that went back', () => {
  expect(compareCheckpoint({ position: 9, epoch: 3 }, expected)).toBe('behind');
});

test('another epoch is a fence, also where the position fits', () => {
  expect(compareCheckpoint({ position: 10, epoch: 4 }, expected)).toBe('fenced');
  expect(compareCheckpoint({ position: 10, epoch: 2 }, expected)).toBe('fenced');
});

test('work from the park does not look at the position, but at the epoch', () => {
  expect(compareCheckpoint({ position: 99, epoch: 3 }, { position: null, epoch: 3 })).toBe('advanced');
  expect(compareCheckpoint({ position: 99, epoch: 4 }, { position: null, epoch: 3 })).toBe('fenced');
});
