import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRingMemory, createRingReader, createRingWriter } from './ring.ts';

const ringOf = (bytes: number) => {
  const memory = createRingMemory(bytes);
  return { writer: createRingWriter(memory), reader: createRingReader(memory) };
};

test('what goes in comes out, in order, over the end of the memory as well', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(null)), { maxLength: 200 }), (steps) => {
      const { writer, reader } = ringOf(128);
      const waiting: Buffer[] = [];
      let [received, dropped] = [0, 0];
      for (const step of steps) {
        const [read, expected] = step === null ? [reader.read(), waiting.shift() ?? null] : [null, null];
        expect(read).toEqual(expected);
        if (step === null) continue;
        if (writer.write(step) === 'dropped') dropped += 1;
        else waiting.push(Buffer.from(step));
        received += 1;
        expect(reader.usedBytes()).toBe(waiting.reduce((sum, { length }) => sum + 4 + ((length + 3) & ~3), 0));
      }
      expect([reader.received(), reader.dropped()]).toEqual([received, dropped]);
      while (waiting.length > 0) expect(reader.read()).toEqual(waiting.shift());
      expect(reader.read()).toBeNull();
    }),
  );
});

test('what does not fit is dropped and counted, and nothing else is harmed by it', () => {
  const { writer, reader } = ringOf(64);
  expect(writer.write(Buffer.alloc(40, 'a'))).toBe('taken');
  expect(writer.write(Buffer.alloc(40, 'b'))).toBe('dropped');
  expect(writer.write(Buffer.alloc(1000))).toBe('dropped');
  expect([reader.received(), reader.dropped()]).toEqual([3, 2]);
  expect(reader.read()?.toString()).toBe('a'.repeat(40));
});

test('a reader that rests is woken once, and one that finds something does not rest', () => {
  const { writer, reader } = ringOf(256);
  expect(reader.mayRest()).toBe(true);
  expect([writer.write(Buffer.from('one')), writer.write(Buffer.from('two'))]).toEqual(['wake', 'taken']);
  expect(reader.mayRest()).toBe(false);
  expect(writer.write(Buffer.from('three'))).toBe('taken');
});
