import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createImportThread, type ImportThread } from './import-thread-host.ts';
import type { ThreadRequest } from './thread-protocol.ts';

class FakeThread extends EventEmitter {
  readonly requests: ThreadRequest[] = [];
  postMessage(request: ThreadRequest): void {
    this.requests.push(request);
  }
  unref(): void {}
  terminate(): Promise<number> {
    this.emit('exit', 1);
    return Promise.resolve(1);
  }
  settle(nextLine: number): void {
    const counts = { appended: 1, duplicates: 0, refused: 0, rate_per_second: 10, brake: null };
    const end = { kind: 'settled', state: 'running', next_line: nextLine, ...counts } as const;
    this.emit('message', { kind: 'settled', request: this.requests.at(-1)!.request, end });
  }
}

const data = { databaseUrl: '', connectionName: '', laneCount: 1, diskBudgetBytes: 0, lagBudgetMs: 1, commitBudgetMs: 1 };
const slice = { tenant: 'default', name: 'f', fromLine: 1, bytes: Buffer.from('x') };
/** Long enough for whoever had the turn to give it on. */
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

const start = () => {
  const threads: FakeThread[] = [];
  const open = () => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread as unknown as ImportThread;
  };
  return { threads, host: createImportThread({ data, onTrouble: () => {}, nowMs: () => 0, open }) };
};

test('a thread that broke fails its slice; its exit, which comes later, does not fail the next one', async () => {
  const { threads, host } = start();
  const first = host.settle(slice);
  const second = host.settle(slice);
  await settle();
  threads[0]!.emit('error', new Error('out of memory'));
  await expect(first).rejects.toThrow('out of memory');
  await settle();
  expect(threads).toHaveLength(2);
  threads[0]!.emit('exit', 1);
  threads[1]!.settle(2);
  expect(await second).toMatchObject({ kind: 'settled', next_line: 2 });
});

test('a slice in hand is failed when the host ends, and nobody waits for it', async () => {
  const { host } = start();
  const why = host.settle(slice).catch((error: unknown) => (error as Error).message);
  await settle();
  await host[Symbol.asyncDispose]();
  expect(await why).toContain('it was stopped');
});
