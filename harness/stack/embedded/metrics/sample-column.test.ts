import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStaleAt } from '../promql/storage.ts';
import { bytesPerBlock, createBlockPool } from './block-pool.ts';
import { createSampleBuffer } from './sample-buffer.ts';
import type { SampleValue } from './sample-code.ts';
import { createSampleColumn } from './sample-column.ts';

type Kept = { readonly timeMs: number; readonly value: SampleValue };

const memory = () => ({ pool: createBlockPool(), buffer: createSampleBuffer() });

const contents = (timesMs: Float64Array, values: Float64Array): Kept[] =>
  Array.from(timesMs, (timeMs, index) => ({ timeMs, value: isStaleAt(values, index) ? 'stale' : values[index]! }));

const write = fc.record({
  timeMs: fc.integer({ min: 0, max: 600 }),
  value: fc.constantFrom<SampleValue>(0, 1, -0, 0.1, 1 / 3, 1e300, NaN, Infinity, 'stale'),
});

const operation = fc.oneof(
  { weight: 20, arbitrary: write.map((one) => ({ kind: 'append' as const, ...one })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 400 }).map((timeMs) => ({ kind: 'drop' as const, timeMs })) },
);

describe('a column of samples', () => {
  it('behaves like a sorted list, over any blocks, drops and late samples', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400 }), fc.tuple(fc.nat(600), fc.nat(600)), (operations, [a, b]) => {
        const column = createSampleColumn(memory());
        const outcomes: (string | number)[] = [];
        const expectedOutcomes: (string | number)[] = [];
        let model: Kept[] = [];
        for (const one of operations) {
          if (one.kind === 'drop') {
            const kept = model.filter(({ timeMs }) => timeMs >= one.timeMs);
            outcomes.push(column.dropBefore(one.timeMs));
            expectedOutcomes.push(model.length - kept.length);
            model = kept;
            continue;
          }
          const there = model.find(({ timeMs }) => timeMs === one.timeMs);
          const late = one.timeMs < (model.at(-1)?.timeMs ?? -Infinity) - 300;
          const expected = late ? 'late' : there === undefined ? 'appended' : Object.is(there.value, one.value) ? 'duplicate' : 'conflict';
          outcomes.push(column.append(one.timeMs, one.value, 300));
          expectedOutcomes.push(expected);
          if (expected === 'appended') model = [...model, { timeMs: one.timeMs, value: one.value }].sort((x, y) => x.timeMs - y.timeMs);
        }
        expect(outcomes).toEqual(expectedOutcomes);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const { timesMs, values } = column.read(from, to);
        expect(contents(timesMs, values)).toEqual(model.filter(({ timeMs }) => timeMs >= from && timeMs <= to));
        expect(column.length).toBe(model.length);
        expect(column.firstMs).toBe(model[0]?.timeMs ?? NaN);
        expect(column.lastMs).toBe(model.at(-1)?.timeMs ?? NaN);
      }),
      { numRuns: 200 },
    );
  });

  it('uses the memory of dropped samples again', () => {
    const column = createSampleColumn(memory());
    for (let timeMs = 0; timeMs < 20_000; timeMs += 1) {
      column.append(timeMs, timeMs * 1_001, 0);
      column.dropBefore(timeMs - 100);
    }
    expect(column.length).toBe(101);
    expect(column.bytes).toBeLessThanOrEqual(4 * bytesPerBlock);
  });

  it('keeps every bit of any number and any whole time', () => {
    const sample = fc.record({
      gapMs: fc.integer({ min: 1, max: 2 ** 45 }),
      value: fc.oneof(fc.double(), fc.integer(), fc.constant(2 ** 53)),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 300 }), (samples) => {
        const column = createSampleColumn(memory());
        let timeMs = 0;
        const written = samples.map(({ gapMs, value }) => ({ timeMs: (timeMs += gapMs), value }));
        for (const { timeMs: at, value } of written) expect(column.append(at, value, 0)).toBe('appended');
        const { timesMs, values } = column.read(0, timeMs);
        expect(contents(timesMs, values)).toEqual(written);
      }),
    );
  });

  it('holds counters of a steady system in about a byte a sample, and random numbers in less than ten', () => {
    const bytesOf = (valueAt: (second: number) => number): number => {
      const column = createSampleColumn(memory());
      for (let second = 0; second < 3_600; second += 1) column.append(1_700_000_000_000 + second * 1_000, valueAt(second), 0);
      return column.bytes / column.length;
    };
    expect(bytesOf((second) => second * 7)).toBeLessThan(1.2);
    expect(bytesOf(() => 0.25)).toBeLessThan(1.2);
    expect(bytesOf((second) => second * 5_000)).toBeLessThan(3.3);
    expect(bytesOf((second) => Math.sin(second))).toBeLessThan(10);
  });
});
