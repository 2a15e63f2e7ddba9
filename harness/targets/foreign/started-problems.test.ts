import { expect, test } from 'vitest';
import { checkStarted, startedProblems } from './started-problems.ts';
import type { TargetFile } from './target-file.ts';

const offersAll: Pick<TargetFile, 'offers'> = { offers: ['read-back', 'datagrams'] };
const door = { host: '127.0.0.1', port: 4001 };
const good = { url: 'http://127.0.0.1:4000/', datagrams: door, pending: async () => [], readBack: async function* () {} };

test('what has all that the file offers is taken, and what is not offered may be left out', () => {
  expect(startedProblems(good, offersAll)).toEqual([]);
  expect(startedProblems({ ...good, stop: async () => {} }, offersAll)).toEqual([]);
  expect(startedProblems({ url: 'https://shop.test', pending: good.pending }, { offers: [] })).toEqual([]);
});

test.each<[string, unknown]>([
  ['start()', undefined],
  ['start()', 'http://127.0.0.1:4000'],
  ['url', { ...good, url: undefined }],
  ['url', { ...good, url: '' }],
  ['url', { ...good, url: '127.0.0.1:4000' }],
  ['url', { ...good, url: new URL(good.url) }],
  ['pending', { ...good, pending: [] }],
  ['readBack', { ...good, readBack: undefined }],
  ['readBack', { ...good, readBack: [] }],
  ['datagrams', { ...good, datagrams: undefined }],
  ['datagrams', { ...good, datagrams: 'udp://127.0.0.1:4001' }],
  ['datagrams', { ...good, datagrams: { ...door, host: 'localhost' } }],
  ['datagrams', { ...good, datagrams: { ...door, port: 0 } }],
  ['stop', { ...good, stop: 'kill' }],
])('a mistake at %s is said with its place', (place, started) => {
  expect(startedProblems(started, offersAll).map((problem) => problem.place)).toEqual([place]);
});

test('what came is said beside what is wanted, so that a misspelt name shows', () => {
  const { readBack: readback, ...rest } = good;
  const file = { name: 'made-up', ...offersAll } as TargetFile;
  expect(() => checkStarted({ ...rest, readback }, file, '/project/target.ts')).toThrow(
    /start\(\) of target made-up \(\/project\/target\.ts\) gave back url, datagrams, pending, readback:\n {2}readBack: must be a function/,
  );
});
