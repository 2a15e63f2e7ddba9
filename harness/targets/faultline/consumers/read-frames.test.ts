import { expect, test } from 'vitest';
import { type Frame, readFrames } from './read-frames.ts';

const read = async (...chunks: readonly string[]): Promise<readonly (readonly Frame[])[]> => {
  const bytes = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  })();
  const batches: (readonly Frame[])[] = [];
  const onBroken = (cause: unknown): never => {
    throw new Error('broken', { cause });
  };
  for await (const frames of readFrames(bytes, onBroken)) batches.push(frames);
  return batches;
};

test('frames that come whole with one chunk are a batch; comments and ids are left out', async () => {
  const text = 'retry: 1000\nid: 0:1\nevent: ready\ndata: {}\n\n: heartbeat\n\nid: 0:2\nevent: event\ndata: {"a":1}\n\n';
  expect(await read(text)).toEqual([
    [
      { event: 'ready', data: '{}' },
      { event: 'event', data: '{"a":1}' },
    ],
  ]);
});

test('a frame that is cut anywhere is read once it is whole, also within a letter and between data lines', async () => {
  const text = Buffer.from('event: event\ndata: {"a":\ndata: "ö"}\n\n').toString('latin1');
  for (let cut = 1; cut < text.length; cut += 1)
    expect((await read(text.slice(0, cut), text.slice(cut))).flat()).toEqual([{ event: 'event', data: '{"a":\n"ö"}' }]);
});

test('what breaks off is told in the words of whoever reads', async () => {
  const broken = (async function* () {
    yield Buffer.from('event: a\ndata: b\n\n');
    throw new Error('terminated');
  })();
  const reading = readFrames(broken, () => {
    throw new Error('gone');
  });
  expect((await reading.next()).value).toEqual([{ event: 'a', data: 'b' }]);
  await expect(reading.next()).rejects.toThrow('gone');
});
