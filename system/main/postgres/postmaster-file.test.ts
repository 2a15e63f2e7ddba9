import { expect, test } from 'vitest';
import { parsePostmasterFile } from './postmaster-file.ts';

const file = '4711\n/data/cluster\n1780000000\n5432\n\n127.0.0.1\n  12345678         0\nready   \n';

test('reads pid, port and status', () => {
  expect(parsePostmasterFile(file)).toEqual({ pid: 4711, port: 5432, status: 'ready' });
});

test('a file that is still being written has no status', () => {
  expect(parsePostmasterFile('4711\n/data/cluster\n')).toEqual({ pid: 4711, port: 0, status: '' });
});

test('an empty or strange file is none', () => {
  expect(parsePostmasterFile('')).toBeNull();
  expect(parsePostmasterFile('hello\n')).toBeNull();
});
