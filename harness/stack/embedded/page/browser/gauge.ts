// Gauge and bar gauge: where a value stands between least and most, with its thresholds.
import { fieldFor } from '../../../../dashboards/display/field-for.ts';
import { showValue, thresholdColor } from '../../../../dashboards/display/show-value.ts';
import type { Shown } from '../../../../dashboards/display/show-value.ts';
import type { FieldConfig } from '../../../../dashboards/field-config.ts';
import type { Series } from '../../../../dashboards/frames/frame.ts';
import type { Panel, ReduceOptions } from '../../../../dashboards/panel.ts';
import { reduceValues } from '../../../../dashboards/reduce.ts';
import { formatValue } from '../../../../dashboards/units/units.ts';
import { el, styled, svg, swap } from './dom.ts';
import type { Drawer, DrawerOptions, PanelOf } from './drawer.ts';
import { noData } from './no-data.ts';

type Reading = {
  readonly name: string;
  readonly config: FieldConfig;
  readonly value: number | null;
  readonly shown: Shown;
  readonly share: number;
};

const readingOf = (panel: Panel, reduce: ReduceOptions, series: Series): Reading => {
  const config = fieldFor(panel, { name: series.name, refId: series.refId, kind: 'number' });
  const value = reduceValues(reduce.calcs[0] ?? 'lastNotNull', series.values);
  const { min = 0, max = 100 } = config;
  const share = value === null || Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, (value - min) / (max - min)));
  return { name: config.displayName ?? series.name, config, value, shown: showValue(value, config), share };
};

const radius = 40;
/** From lower left over the top to lower right. */
const [startDegrees, sweepDegrees] = [-210, 240];

const pointAt = (share: number, distance: number): string => {
  const radians = ((startDegrees + share * sweepDegrees) * Math.PI) / 180;
  return `${(50 + distance * Math.cos(radians)).toFixed(2)} ${(48 + distance * Math.sin(radians)).toFixed(2)}`;
};

const arc = (from: number, to: number, distance: number): string =>
  `M ${pointAt(from, distance)} A ${distance} ${distance} 0 ${(to - from) * sweepDegrees > 180 ? 1 : 0} 1 ${pointAt(to, distance)}`;

const stroke = (path: string, width: number, color: string | null): SVGElement =>
  svg('path', { d: path, fill: 'none', stroke: color ?? 'currentColor', 'stroke-width': width });

const markers = ({ config }: Reading): readonly SVGElement[] => {
  const { min = 0, max = 100, thresholds } = config;
  const edges = (thresholds?.steps ?? []).map(({ value }) => Math.min(1, Math.max(0, ((value ?? min) - min) / (max - min))));
  return edges.flatMap((from, index) => {
    const to = edges[index + 1] ?? 1;
    return to <= from ? [] : [stroke(arc(from, to, radius + 7), 3, thresholdColor(min + from * (max - min), config))];
  });
};

const dial = (reading: Reading, withMarkers: boolean, several: boolean): HTMLElement => {
  const face = svg(
    'svg',
    { viewBox: '0 0 100 80', role: 'img', 'aria-label': `${reading.name}: ${reading.shown.text}` },
    svg('path', { d: arc(0, 1, radius), class: 'gauge-track', fill: 'none', 'stroke-width': 9 }),
    reading.share > 0 ? stroke(arc(0, reading.share, radius), 9, reading.shown.color) : null,
    ...(withMarkers ? markers(reading) : []),
    svg('text', { x: 50, y: 54, 'text-anchor': 'middle', class: 'gauge-value' }, reading.shown.text),
  );
  return el('div', { class: 'gauge' }, face, several ? el('div', { class: 'stat-name' }, reading.name) : null);
};

export const createGauge = (panel: PanelOf<'gauge'>, { body }: DrawerOptions): Drawer => ({
  draw: ({ frames: { series } }) => {
    if (series.length === 0) return swap(body, noData(panel.defaults.noValue));
    const readings = series.map((one) => readingOf(panel, panel.view.reduce, one));
    return swap(
      body,
      el('div', { class: 'stat-tiles' }, ...readings.map((one) => dial(one, panel.view.showThresholdMarkers, series.length > 1))),
    );
  },
  destroy: () => undefined,
});

const bar = ({ name, shown, share, config }: Reading): HTMLElement => {
  const filled = styled(el('div', { class: 'bar-filled' }), {
    width: `${share * 100}%`,
    'background-color': shown.color ?? 'currentColor',
  });
  const { min = 0, max = 100, unit } = config;
  return el(
    'div',
    { class: 'bar', title: `${formatValue(min, unit)} to ${formatValue(max, unit)}` },
    el('span', {}, name),
    el('div', { class: 'bar-track' }, filled),
    el('b', {}, shown.text),
  );
};

export const createBarGauge = (panel: PanelOf<'bargauge'>, { body }: DrawerOptions): Drawer => ({
  draw: ({ frames: { series } }) =>
    series.length === 0
      ? swap(body, noData(panel.defaults.noValue))
      : swap(body, el('div', { class: 'bars' }, ...series.map((one) => bar(readingOf(panel, panel.view.reduce, one))))),
  destroy: () => undefined,
});
