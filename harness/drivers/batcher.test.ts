import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Batcher, type BatcherOptions, createBatcher } from './batcher.ts';

type Waiting = { readonly atMs: number; readonly call: () => void; isOff: boolean };

/** A batcher on a clock that only `moveTo` moves. */
const play = (
  options: Pick<BatcherOptions<string>, 'policy' | 'weight' | 'mustBeFirst'>,
): { readonly batcher: Batcher<string>; readonly sent: string[]; moveTo(ms: number): void } => {
  const [sent, waiting] = [[] as string[], [] as Waiting[]];
  let now = 0;
  const batcher = createBatcher<string>({
    ...options,
    send: (items) => void sent.push(`${items.join('')}@${now}`),
    after: (ms, call) => {
      const entry: Waiting = { atMs: now + ms, call, isOff: false };
      waiting.push(entry);
      return { [Symbol.dispose]: () => void (entry.isOff = true) };
    },
  });
  const moveTo = (ms: number): void => {
    for (const entry of waiting.splice(0).toSorted((left, right) => left.atMs - right.atMs)) {
      if (entry.isOff) continue;
      if (entry.atMs > ms) waiting.push(entry);
      else {
        now = entry.atMs;
        entry.call();
      }
    }
    now = ms;
  };
  return { batcher, sent, moveTo };
};

test('a full batch goes at once, and the next one begins', () => {
  const { batcher, sent } = play({ policy: { size: 3, lingerMs: 10 } });
  for (const item of 'abcde') batcher.add(item);
  expect(sent).toEqual(['abc@0']);
});

test('one that does not fill goes when its first event has waited long enough: not a millisecond sooner', () => {
  const { batcher, sent, moveTo } = play({ policy: { size: 3, lingerMs: 10 } });
  moveTo(5);
  batcher.add('a');
  moveTo(14);
  batcher.add('b');
  expect(sent).toEqual([]);
  moveTo(15);
  expect(sent).toEqual(['ab@15']);
});

test('a batch that went full takes its timer with it', () => {
  const { batcher, sent, moveTo } = play({ policy: { size: 2, lingerMs: 10 } });
  batcher.add('a');
  batcher.add('b');
  moveTo(5);
  batcher.add('c');
  moveTo(14);
  expect(sent).toEqual(['ab@0']);
  moveTo(15);
  expect(sent).toEqual(['ab@0', 'c@15']);
});

test('what must be first begins a batch', () => {
  const { batcher, sent } = play({ policy: { size: 3, lingerMs: 10 }, mustBeFirst: (item) => item === 'M' });
  for (const item of 'aMbcMd') batcher.add(item);
  batcher.flush();
  expect(sent).toEqual(['a@0', 'Mbc@0', 'Md@0']);
});

test('a batch is never heavier than it may be, but for one item that is so alone', () => {
  const weight = { of: (item: string) => (item === 'W' ? 9 : 2), most: 5 };
  const { batcher, sent } = play({ policy: { size: 10, lingerMs: 10 }, weight });
  for (const item of 'abcWd') batcher.add(item);
  batcher.flush();
  expect(sent).toEqual(['ab@0', 'c@0', 'W@0', 'd@0']);
});

test('whatever comes goes once, in its order, in batches that are not too long', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.boolean()), (size, marks) => {
      const sent: (readonly number[])[] = [];
      const batcher = createBatcher<number>({
        policy: { size, lingerMs: 1 },
        mustBeFirst: (item) => marks[item] === true,
        send: (items) => void sent.push(items),
        after: () => ({ [Symbol.dispose]: () => {} }),
      });
      marks.forEach((_mark, index) => batcher.add(index));
      batcher.flush();
      expect(sent.flat()).toEqual(marks.map((_mark, index) => index));
      expect(sent.every((batch) => batch.length <= size && batch.slice(1).every((item) => marks[item] !== true))).toBe(true);
    }),
  );
});
