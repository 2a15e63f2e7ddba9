// Collectors that every process has: event loop, memory, connection pools. Each is asked at export and costs nothing between.
import { performance } from 'node:perf_hooks';
import { signals } from '../contract/signals.ts';
import type { Instruments } from './instruments.ts';

/** Of the main thread; the share since the last export. */
export const collectProcess = (instruments: Instruments): Disposable => {
  const stack = new DisposableStack();
  let last = performance.eventLoopUtilization();
  stack.use(
    instruments.gauge(signals.eventLoopUtilization, () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    }),
  );
  stack.use(instruments.gauge(signals.processMemory, () => process.memoryUsage.rss()));
  return stack;
};

/** What is asked of a pool: pg.Pool has it. */
export type CountedPool = { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };

export const collectPool = (instruments: Instruments, name: string, pool: CountedPool): Disposable => {
  const stack = new DisposableStack();
  const ofPool = { 'db.client.connection.pool.name': name };
  stack.use(instruments.gauge(signals.dbPoolPending, () => [{ value: pool.waitingCount, attributes: ofPool }]));
  stack.use(
    instruments.gauge(signals.dbPoolCount, () => [
      { value: pool.idleCount, attributes: { ...ofPool, 'db.client.connection.state': 'idle' } },
      { value: pool.totalCount - pool.idleCount, attributes: { ...ofPool, 'db.client.connection.state': 'used' } },
    ]),
  );
  return stack;
};
