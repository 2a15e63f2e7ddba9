import { expect, test } from 'vitest';
import { addWaiting, chooseCommits, createLaneGroups, passOver, takeBatch } from './lane-groups.ts';
import { fakeRequest } from './testing.ts';

const limits = { flushEvents: 10, flushBytes: 1e6 };

test('a group with little goes after two commits of others, though those with much are never all quiet', () => {
  const groups = createLaneGroups(4);
  const fill = (group: number, count: number) => {
    for (let index = 0; index < count; index += 1)
      addWaiting(groups[group]!, { request: fakeRequest(group * 1000 + index), arrival: index, bytes: 1, sinceMs: 0, settle: () => {} });
  };
  const begin = () => {
    const chosen = chooseCommits(groups, limits).flat();
    takeBatch(chosen, limits);
    for (const group of chosen) group.isCommitting = true;
    return chosen.map((group) => groups.indexOf(group));
  };
  const end = (group: number) => {
    groups[group]!.isCommitting = false;
    fill(group, 20);
    passOver(groups);
    return begin();
  };
  for (const hot of [0, 1, 3]) fill(hot, 20);
  expect(begin()).toEqual([0, 1, 3]);
  fill(2, 1);
  expect(begin()).toEqual([]);
  expect(end(0)).toEqual([0]);
  expect(end(1)).toEqual([1, 2]);
  expect(end(3)).toEqual([3]);
});

test('of several groups a batch is in the order of arrival, as one identity may be in lanes of two', () => {
  const groups = createLaneGroups(2);
  for (const [arrival, group] of [1, 0, 1, 0].entries())
    addWaiting(groups[group]!, { request: fakeRequest(arrival), arrival, bytes: 1, sinceMs: 0, settle: () => {} });
  expect(takeBatch(groups, limits).map(({ arrival }) => arrival)).toEqual([0, 1, 2, 3]);
});
