// Series as the plot takes them: one time axis for all, stacked where the dashboard says so.
import { fieldFor } from '../../../../dashboards/display/field-for.ts';
import { colorOf, paletteColor } from '../../../../dashboards/display/colors.ts';
import type { FieldConfig } from '../../../../dashboards/field-config.ts';
import type { Series } from '../../../../dashboards/frames/frame.ts';
import type { Panel } from '../../../../dashboards/panel.ts';

export type PlotSeries = {
  readonly series: Series;
  readonly name: string;
  readonly config: FieldConfig;
  readonly color: string;
  /** What is drawn: null is a gap; undefined a time that only other series have. */
  readonly drawn: readonly (number | null | undefined)[];
  /** The series below it in its stack, by index: its area ends there. */
  readonly below?: number;
};

export type PlotData = { readonly timesMs: readonly number[]; readonly series: readonly PlotSeries[] };

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

const onTimes = (series: Series, timesMs: readonly number[], negative: boolean): readonly (number | null | undefined)[] => {
  const known = new Map(series.timesMs.map((atMs, index) => [atMs, finite(series.values[index] ?? null)]));
  return timesMs.map((atMs) => {
    const value = known.get(atMs);
    return value === undefined || value === null || !negative ? value : -value;
  });
};

type Stack = { readonly sums: number[]; last?: number };

const stackKey = ({ config, drawn }: PlotSeries): string => {
  const isNegative = drawn.some((value) => typeof value === 'number' && value < 0);
  return `${config.style?.stacking?.group ?? 'A'} ${isNegative}`;
};

/** A gap adds nothing to what stands above it, and stays a gap itself. */
const stackOn = (stack: Stack, one: PlotSeries, index: number): PlotSeries => {
  const drawn = one.drawn.map((value, at) => {
    if (typeof value !== 'number') return value;
    const sum = (stack.sums[at] ?? 0) + value;
    stack.sums[at] = sum;
    return sum;
  });
  const { last } = stack;
  stack.last = index;
  return { ...one, drawn, ...(last === undefined ? {} : { below: last }) };
};

const inPercent = (all: readonly PlotSeries[]): readonly PlotSeries[] => {
  const isPercent = ({ config }: PlotSeries): boolean => config.style?.stacking?.mode === 'percent';
  const totals: number[] = [];
  for (const one of all.filter(isPercent))
    one.drawn.forEach((value, at) => (totals[at] = (totals[at] ?? 0) + (typeof value === 'number' ? value : 0)));
  const share = (value: number | null | undefined, at: number) =>
    typeof value === 'number' ? (totals[at] ? value / (totals[at] ?? 1) : 0) : value;
  return all.map((one) => (isPercent(one) ? { ...one, drawn: one.drawn.map(share), config: { ...one.config, unit: 'percentunit' } } : one));
};

const stacked = (all: readonly PlotSeries[]): readonly PlotSeries[] => {
  const stacks = new Map<string, Stack>();
  return inPercent(all).map((one, index) => {
    if ((one.config.style?.stacking?.mode ?? 'none') === 'none') return one;
    const key = stackKey(one);
    const stack = stacks.get(key) ?? { sums: [] };
    stacks.set(key, stack);
    return stackOn(stack, one, index);
  });
};

const colorFor = (config: FieldConfig, index: number): string => {
  const isFixed = config.color?.mode === 'fixed' || config.color?.mode === 'shades';
  return (isFixed ? colorOf(config.color.fixedColor ?? '') : null) ?? paletteColor(index);
};

/** `hidden`: names that the reader has switched off. */
export const plotData = (panel: Pick<Panel, 'defaults' | 'overrides'>, found: readonly Series[], hidden: ReadonlySet<string>): PlotData => {
  const timesMs = [...new Set(found.flatMap((series) => series.timesMs))].toSorted((one, other) => one - other);
  const all = found.map((series, index): PlotSeries => {
    const config = fieldFor(panel, { name: series.name, refId: series.refId, kind: 'number' });
    const drawn = onTimes(series, timesMs, config.style?.transform === 'negative-Y');
    return { series, name: config.displayName ?? series.name, config, color: colorFor(config, index), drawn };
  });
  return { timesMs, series: stacked(all.filter(({ name, config }) => !hidden.has(name) && config.style?.hideFrom?.viz !== true)) };
};
