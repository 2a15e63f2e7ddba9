import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStaleAt } from '../promql/storage.ts';
import { createBlockPool, samplesPerBlock } from './block-pool.ts';
import type { SampleValue } from './sample-column.ts';
import { createSampleColumn } from './sample-column.ts';

type Kept = { readonly timeMs: number; readonly value: SampleValue };

const contents = (timesMs: Float64Array, values: Float64Array): Kept[] =>
  Array.from(timesMs, (timeMs, index) => ({ timeMs, value: isStaleAt(values, index) ? 'stale' : values[index]! }));

const write = fc.record({
  timeMs: fc.integer({ min: 0, max: 600 }),
  value: fc.constantFrom<SampleValue>(0, 1, -0, NaN, Infinity, 'stale'),
});

const operation = fc.oneof(
  { weight: 20, arbitrary: write.map((one) => ({ kind: 'append' as const, ...one })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 400 }).map((timeMs) => ({ kind: 'drop' as const, timeMs })) },
);

describe('a column of samples', () => {
  it('behaves like a sorted list, over any blocks, drops and late samples', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400 }), fc.tuple(fc.nat(600), fc.nat(600)), (operations, [a, b]) => {
        const pool = createBlockPool();
        const column = createSampleColumn(pool);
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
    const column = createSampleColumn(createBlockPool());
    for (let timeMs = 0; timeMs < 100 * samplesPerBlock; timeMs += 1) {
      column.append(timeMs, timeMs, 0);
      column.dropBefore(timeMs - samplesPerBlock);
    }
    expect(column.bytes).toBeLessThanOrEqual(3 * samplesPerBlock * 16);
    expect(column.length).toBe(samplesPerBlock + 1);
  });
});
