// How a plot is drawn, as uPlot takes it: lines, bars or points, scales by unit, axes with Grafana's units.
import uPlot from 'uplot';
import { formatValue } from '../../../../dashboards/units/units.ts';
import type { FieldConfig, FieldStyle } from '../../../../dashboards/field-config.ts';
import type { PlotData, PlotSeries } from '../logic/plot-data.ts';
import { clockText, dateText } from './time-text.ts';

/** Series of one unit and side share a scale. */
const scaleOf = ({ config }: PlotSeries): string => `${config.unit ?? ''}|${config.style?.axisPlacement === 'right' ? 'right' : 'left'}`;

const isArea = (color: string, percent: number): string =>
  `${color}${Math.round((Math.min(percent, 100) / 100) * 255)
    .toString(16)
    .padStart(2, '0')}`;

const pathsOf = (style: FieldStyle | undefined): uPlot.Series.PathBuilder | undefined => {
  if (style?.drawStyle === 'bars') return uPlot.paths.bars?.({ size: [0.8, 40] });
  if (style?.drawStyle === 'points') return () => null;
  if (style?.lineInterpolation === 'smooth') return uPlot.paths.spline?.();
  if (style?.lineInterpolation === 'stepBefore') return uPlot.paths.stepped?.({ align: -1 });
  return style?.lineInterpolation === 'stepAfter' ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
};

/** A sample between two gaps has no line: without a point it would not be seen. */
const lonely: uPlot.Series.Points.Filter = (plot, index) => {
  const values = Array.from<number | null | undefined, boolean>(plot.data[index] ?? [], (value) => typeof value === 'number');
  return values.flatMap((isKnown, at) => (isKnown && values[at - 1] !== true && values[at + 1] !== true ? [at] : []));
};

const pointsOf = (style: FieldStyle | undefined): uPlot.Series.Points => {
  if (style?.drawStyle === 'points' || style?.showPoints === 'always') return { show: true, size: style.pointSize ?? 5 };
  return { size: 4, show: true, filter: lonely };
};

const seriesOf = (one: PlotSeries): uPlot.Series => {
  const { style } = one.config;
  const paths = pathsOf(style);
  const isBars = style?.drawStyle === 'bars';
  return {
    label: one.name,
    scale: scaleOf(one),
    stroke: one.color,
    width: style?.lineWidth ?? 1,
    fill: isArea(one.color, style?.fillOpacity ?? (isBars ? 60 : 0)),
    points: pointsOf(style),
    spanGaps: style?.spanNulls === true,
    ...(style?.dash === undefined ? {} : { dash: [...style.dash] }),
    ...(paths === undefined ? {} : { paths }),
  };
};

const bandsOf = ({ series }: PlotData): uPlot.Band[] =>
  series.flatMap(({ below }, index) => (below === undefined ? [] : [{ series: [index + 1, below + 1] as [number, number] }]));

const padded = (least: number, most: number, { min, max, style }: FieldConfig): uPlot.Range.MinMax => {
  const low = min ?? Math.min(least, style?.axisSoftMin ?? least);
  const high = max ?? Math.max(most, style?.axisSoftMax ?? most);
  const span = high - low || Math.abs(high) || 1;
  return [min ?? (low >= 0 && low - span * 0.1 < 0 ? 0 : low - span * 0.1), max ?? high + span * 0.1];
};

const scaleFor = ({ config }: PlotSeries): uPlot.Scale => {
  const { style } = config;
  if (style?.scale?.type === 'log') return { distr: 3, log: style.scale.base === 2 ? 2 : 10 };
  return { range: (_plot, least, most) => (least === null || most === null ? padded(0, 1, config) : padded(least, most, config)) };
};

/** 0.500 s -> 0.5 s: an axis needs no padding. */
const shortened = (text: string): string => text.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');

const axisColors = (): { readonly text: string; readonly grid: string } => {
  const style = getComputedStyle(document.documentElement);
  return { text: style.getPropertyValue('--muted').trim(), grid: style.getPropertyValue('--grid').trim() };
};

const valueAxis = (one: PlotSeries, isFirst: boolean): uPlot.Axis => {
  const { text, grid } = axisColors();
  return {
    scale: scaleOf(one),
    side: isFirst ? 3 : 1,
    show: one.config.style?.axisPlacement !== 'hidden',
    stroke: text,
    font: '11px sans-serif',
    grid: { show: isFirst, stroke: grid, width: 1 },
    ticks: { stroke: grid, size: 4 },
    values: (_plot, splits) => splits.map((split) => shortened(formatValue(split, one.config.unit))),
    ...(/^(?:k|m)?bytes$|^binBps$/.test(one.config.unit ?? '') ? { incrs: binarySteps } : {}),
    size: (_plot, values) => 16 + 6.5 * Math.max(3, ...(values ?? []).map((value) => value.length)),
    ...(one.config.style?.axisLabel ? { label: one.config.style.axisLabel, labelFont: '11px sans-serif', labelSize: 16 } : {}),
  };
};

const timeAxis = (): uPlot.Axis => {
  const { text, grid } = axisColors();
  return { stroke: text, font: '11px sans-serif', grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, size: 4 }, size: 28, space: 80 };
};

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** By the clock, as fine as the marks are apart; the date where more than a day is shown. uPlot's own labels are American. */
const timeLabels =
  (utc: boolean): uPlot.Axis.DynamicValues =>
  (_plot, splits) => {
    const [first = 0, second = first + minuteMs] = splits;
    const isLong = (splits.at(-1) ?? first) - first > dayMs;
    return splits.map((atMs) => {
      const clock = clockText(atMs, utc, second - first < 1_000);
      return `${isLong ? `${dateText(atMs, utc).slice(5)} ` : ''}${second - first >= minuteMs ? clock.slice(0, 5) : clock}`;
    });
  };

/** Bytes are counted in powers of two, and so are the marks. */
const binarySteps = Array.from({ length: 60 }, (_none, power) => 2 ** power);

export type PlotLook = { readonly width: number; readonly height: number; readonly utc: boolean };

/** Without hooks and cursor: those are the panel's. */
export const plotOptions = (data: PlotData, { width, height, utc }: PlotLook, range: () => readonly [number, number]): uPlot.Options => {
  const firstOfScale = [...new Map(data.series.toReversed().map((one) => [scaleOf(one), one])).values()].toReversed();
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    ...(utc ? { tzDate: (epochMs: number) => uPlot.tzDate(new Date(epochMs), 'Etc/UTC') } : {}),
    scales: {
      x: { time: true, range: () => [...range()] as uPlot.Range.MinMax },
      ...Object.fromEntries(firstOfScale.map((one) => [scaleOf(one), scaleFor(one)])),
    },
    series: [{}, ...data.series.map(seriesOf)],
    bands: bandsOf(data),
    axes: [{ ...timeAxis(), values: timeLabels(utc) }, ...firstOfScale.map((one, index) => valueAxis(one, index === 0))],
  };
};

export const mainScale = (data: PlotData): string => (data.series[0] === undefined ? '' : scaleOf(data.series[0]));
