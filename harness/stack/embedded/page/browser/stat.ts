// Stat: one number a series, large, in the colour of its threshold. Nothing found is "No data", never 0.
import { colorOf, textOn } from '../../../../dashboards/display/colors.ts';
import { fieldFor } from '../../../../dashboards/display/field-for.ts';
import { resolveLink } from '../../../../dashboards/display/link.ts';
import { showValue } from '../../../../dashboards/display/show-value.ts';
import type { Shown } from '../../../../dashboards/display/show-value.ts';
import type { FieldConfig } from '../../../../dashboards/field-config.ts';
import type { Series } from '../../../../dashboards/frames/frame.ts';
import { reduceValues } from '../../../../dashboards/reduce.ts';
import { el, link, styled, svg, swap } from './dom.ts';
import type { Drawer, DrawerOptions, Drawing, PanelOf } from './drawer.ts';
import { noData } from './no-data.ts';

type StatPanel = PanelOf<'stat'>;

const sparkline = (series: Series, color: string): SVGElement | null => {
  const points = series.values.flatMap((value, index) => (value === null || !Number.isFinite(value) ? [] : [[index, value] as const]));
  if (points.length < 2) return null;
  const values = points.map(([, value]) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const last = Math.max(series.values.length - 1, 1);
  const at = ([index, value]: readonly [number, number]): string =>
    `${((index / last) * 100).toFixed(2)},${(28 - ((value - least) / (most - least || 1)) * 26).toFixed(2)}`;
  const line = svg('polyline', { points: points.map(at).join(' '), fill: 'none', stroke: color, 'vector-effect': 'non-scaling-stroke' });
  return svg('svg', { class: 'sparkline', viewBox: '0 0 100 30', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, line);
};

const tint = (tile: HTMLElement, { color }: Shown, mode: StatPanel['view']['color']): HTMLElement => {
  if (color === null || mode === 'none' || color === 'transparent') return tile;
  if (mode === 'value') return styled(tile, { '--value-color': color });
  return styled(tile, { 'background-color': color, color: textOn(color) });
};

const valueText = (shown: Shown, name: string, text: StatPanel['view']['text']): string =>
  text === 'name' ? name : text === 'none' ? '' : shown.text;

const showsName = (text: StatPanel['view']['text'], several: boolean): boolean => text === 'value_and_name' || (text === 'auto' && several);

const linkOf = (config: FieldConfig, series: Series, value: number | null, shown: Shown, drawing: Drawing) => {
  const [first] = config.links ?? [];
  const context = {
    text: shown.text,
    raw: value,
    seriesName: series.name,
    labels: series.labels,
    atMs: series.timesMs.at(-1) ?? drawing.range.toMs,
  };
  return first === undefined ? null : resolveLink(first, drawing.scope, context);
};

const tileOf = (panel: StatPanel, series: Series, several: boolean, drawing: Drawing): HTMLElement => {
  const config = fieldFor(panel, { name: series.name, refId: series.refId, kind: 'number' });
  const value = reduceValues(panel.view.reduce.calcs[0] ?? 'lastNotNull', series.values);
  const shown = showValue(value, config);
  const name = config.displayName ?? series.name;
  const text = valueText(shown, name, panel.view.text);
  const target = linkOf(config, series, value, shown, drawing);
  const spark = panel.view.graph === 'none' ? null : sparkline(series, shown.color ?? colorOf('blue') ?? '');
  const tile = el(
    'div',
    { class: 'stat-tile' },
    showsName(panel.view.text, several) ? el('div', { class: 'stat-name' }, name) : null,
    target === null ? el('div', { class: 'stat-value' }, text) : link(target.url, text, { class: 'stat-value', title: target.title }),
    spark,
  );
  return tint(tile, shown, panel.view.color);
};

export const createStat = (panel: StatPanel, { body }: DrawerOptions): Drawer => ({
  draw: (drawing) => {
    const { series } = drawing.frames;
    if (series.length === 0) return swap(body, noData(panel.defaults.noValue));
    return swap(body, el('div', { class: 'stat-tiles' }, ...series.map((one) => tileOf(panel, one, series.length > 1, drawing))));
  },
  destroy: () => undefined,
});
