import { expect, test } from 'vitest';
import { hintOfOtherDoor } from './other-door.ts';

test.each([
  ['ingest', 'GET', '/timelines/shop/order-1', 'the query process'],
  ['ingest', 'GET', '/events', 'the query process'],
  ['query', 'POST', '/events', 'the ingest process'],
  ['query', 'POST', '/events/batch', 'the ingest process'],
] as const)('who asks %s for %s %s is told of %s', (door, method, path, words) => {
  expect(hintOfOtherDoor(door, method, path)).toContain(words);
});

test.each([
  ['ingest', 'POST', '/event'],
  ['ingest', 'GET', '/timelines/shop'],
  ['ingest', 'GET', '/health'],
  ['query', 'POST', '/nothing'],
] as const)('what no other door has gets no hint: %s %s %s', (door, method, path) => {
  expect(hintOfOtherDoor(door, method, path)).toBe('');
});
