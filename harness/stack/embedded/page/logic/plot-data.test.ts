import { describe, expect, it } from 'vitest';
import type { FieldConfig } from '../../../../dashboards/field-config.ts';
import { plotData } from './plot-data.ts';

const series = (name: string, timesMs: readonly number[], values: readonly (number | null)[]) => ({
  refId: 'A',
  name,
  labels: {},
  timesMs,
  values,
});
const stacked: FieldConfig = { style: { stacking: { mode: 'normal', group: 'A' } } };
const drawn = (defaults: FieldConfig, found: readonly ReturnType<typeof series>[], hidden: readonly string[] = []) =>
  plotData({ defaults, overrides: [] }, found, new Set(hidden));

describe('plotData', () => {
  it('keeps a gap a gap, and leaves out times that only other series have', () => {
    const { timesMs, series: all } = drawn({}, [series('a', [1, 2, 3], [1, null, Number.NaN]), series('b', [2, 4], [5, 6])]);
    expect(timesMs).toEqual([1, 2, 3, 4]);
    expect(all.map((one) => one.drawn)).toEqual([
      [1, null, null, undefined],
      [undefined, 5, undefined, 6],
    ]);
  });

  it('stacks: each begins where the one below it ends', () => {
    const { series: all } = drawn(stacked, [series('a', [1, 2], [1, 2]), series('b', [1, 2], [10, null]), series('c', [1, 2], [100, 100])]);
    expect(all.map((one) => one.drawn)).toEqual([
      [1, 2],
      [11, null],
      [111, 102],
    ]);
    expect(all.map(({ below }) => below)).toEqual([undefined, 0, 1]);
  });

  it('stacks to a hundred percent', () => {
    const { series: all } = drawn({ style: { stacking: { mode: 'percent', group: 'A' } } }, [series('a', [1], [1]), series('b', [1], [3])]);
    expect(all.map((one) => [one.drawn[0], one.config.unit])).toEqual([
      [0.25, 'percentunit'],
      [1, 'percentunit'],
    ]);
  });

  it('draws what the reader left on, in the colours that they had', () => {
    const all = drawn({}, [series('a', [1], [1]), series('b', [1], [2])]).series;
    const rest = drawn({}, [series('a', [1], [1]), series('b', [1], [2])], ['a']).series;
    expect(rest.map(({ name, color }) => [name, color])).toEqual([['b', all[1]?.color]]);
  });

  it('turns a series upside down where the dashboard says so', () => {
    expect(drawn({ style: { transform: 'negative-Y' } }, [series('a', [1, 2], [3, null])]).series[0]?.drawn).toEqual([-3, null]);
  });
});
