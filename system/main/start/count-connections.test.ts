import { expect, test } from 'vitest';
import { countConnections, type CountedProcesses } from './count-connections.ts';

const usual: CountedProcesses = { ingest: 1, workers: 2, processors: 0, flushers: 2, workerThreads: 2 };
const count = (more: Partial<CountedProcesses>) => countConnections({ ...usual, ...more });

test('a hundred is enough for what npm start runs by itself, and for a processor or two', () => {
  expect([count({}), count({ processors: 2 })]).toEqual([100, 100]);
});

test('there is room for every process that is asked for, with every thread of it', () => {
  const nine = count({ workers: 9 });
  expect(nine).toBeGreaterThan(9 * 13);
  // Each thread of a worker is a connection; one worker more is counted as it may be there twice.
  expect(count({ workers: 9, workerThreads: 3 }) - nine).toBe(10);
  expect(count({ workers: 9, processors: 16 }) - nine).toBe(10 * 16 * 2);
  expect(count({ workers: 9, ingest: 3 }) - nine).toBe(2 * 5);
  expect(count({ workers: 9, flushers: 3 }) - nine).toBe(1);
});
