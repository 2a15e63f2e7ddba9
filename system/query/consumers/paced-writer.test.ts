import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createPacedWriter, ReaderGone, SlowReader } from './paced-writer.ts';

/** A response whose reader takes nothing until a test says so. */
class FakeResponse extends EventEmitter {
  readonly socket = { _handle: { writeQueueSize: 0 } };
  writableLength = 0;
  writableEnded = false;
  destroyed = false;
  write(text: string): boolean {
    this.writableLength += text.length;
    return false;
  }
  end(text: string): void {
    this.writableLength += text.length;
    this.writableEnded = true;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const start = (response = new FakeResponse(), stop?: AbortSignal) => {
  const timers: (() => void)[] = [];
  const after = (_delayMs: number, run: () => void) => {
    timers.push(run);
    return { [Symbol.dispose]: () => void timers.splice(timers.indexOf(run), 1) };
  };
  const options = { bufferBytes: 10, slowMs: 1000, timers: { after }, ...(stop && { stop }) };
  const writer = createPacedWriter(response as unknown as ServerResponse, options);
  return { response, writer, timers };
};

test('what is over the bound waits until it is taken, or for the time that there is', async () => {
  const { response, writer, timers } = start();
  await writer.write('short');
  const written = writer.write('longer than that');
  response.emit('drain');
  await written;
  const late = writer.write('more');
  timers[0]!();
  await expect(late).rejects.toThrow(SlowReader);
});

test('whoever takes some of it in each time that there is has as many as it needs; what is on its way counts by what is left of it', async () => {
  const { response, writer, timers } = start();
  const late = writer.write('much longer than the bound is');
  response.writableLength -= 1;
  timers.at(-1)!();
  response.socket._handle.writeQueueSize = 20;
  response.writableLength -= 1;
  timers.at(-1)!();
  response.socket._handle.writeQueueSize -= 1;
  timers.at(-1)!();
  expect(await Promise.race([late.catch(() => 'closed'), Promise.resolve('waits')])).toBe('waits');
  timers.at(-1)!();
  await expect(late).rejects.toThrow(SlowReader);
});

test('nobody is waited for once it is to stop', async () => {
  const stopping = new AbortController();
  const { writer, timers } = start(new FakeResponse(), stopping.signal);
  const written = writer.write('much longer than the bound is');
  stopping.abort(new Error('time is up'));
  await expect(written).rejects.toThrow('time is up');
  await expect(writer.finish('the end')).rejects.toThrow('time is up');
  expect(timers).toEqual([]);
});

test('a last text that is to arrive is over once it is handed over, and not before', async () => {
  const { response, writer, timers } = start();
  let isOver = false;
  const finished = writer.finish('the end').then(() => (isOver = true));
  await Promise.resolve();
  expect([isOver, response.writableEnded, timers.length]).toEqual([false, true, 1]);
  response.emit('finish');
  await finished;
  expect(timers).toEqual([]);
});

test('a last text that is not taken in time, or whose reader leaves, did not arrive, and the connection goes', async () => {
  const slow = start();
  const late = slow.writer.finish('the end');
  slow.timers[0]!();
  await expect(late).rejects.toThrow(SlowReader);
  slow.writer.cut('broken');
  expect([slow.response.destroyed, slow.response.writableLength]).toEqual([true, 'the end'.length]);
  const left = start();
  const lost = left.writer.finish('the end');
  left.response.emit('close');
  await expect(lost).rejects.toThrow(ReaderGone);
});

test('of a reader who left before the first byte nothing is written, and it is known at once', async () => {
  const left = new FakeResponse();
  left.destroy();
  const { response, writer } = start(left);
  expect(writer.gone.reason).toBeInstanceOf(ReaderGone);
  await expect(writer.write('text')).rejects.toThrow(ReaderGone);
  writer.cut('broken');
  expect(response.writableLength).toBe(0);
});
