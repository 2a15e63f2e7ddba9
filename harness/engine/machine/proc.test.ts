import { expect, test } from 'vitest';
import { cpuShares, parseCpuTimes } from './cpu-times.ts';
import { parseProcessTimes, parsePss } from './process-cpu.ts';

test('busy is everything but idle, waiting for the disk, and steal; guest time is not counted twice', () => {
  const times = parseCpuTimes('cpu  100 10 50 800 20 5 5 10 90 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n');
  expect(times).toEqual({ busy: 170, steal: 10, total: 1000 });
});

test('shares are of all time between two readings', () => {
  const before = { busy: 100, steal: 0, total: 1000 };
  expect(cpuShares(before, { busy: 150, steal: 20, total: 1200 })).toEqual({ cpuBusy: 0.25, cpuSteal: 0.1 });
  expect(cpuShares(before, before)).toEqual({ cpuBusy: 0, cpuSteal: 0 });
});

test('a process whose name holds spaces and parentheses is read all the same', () => {
  const stat = '42 (a (very) odd) S 1 42 42 0 -1 4194304 100 0 0 0 250 150 30 20 20 0 1 0 100 0 0';
  expect(parseProcessTimes(stat)).toEqual({ own: 4, reaped: 0.5 });
});

test('PSS is the sum that the kernel gives, in bytes', () => {
  expect(parsePss('Rss: 9000 kB\nPss:    2048 kB\nPss_Dirty: 10 kB\n')).toBe(2048 * 1024);
  expect(parsePss('nothing of the kind')).toBe(0);
});
