// The legend: a button for each series, with its calculations; a click shows that series alone, and again all.
import { needsValue, resolveLink } from '../../../../dashboards/display/link.ts';
import { fieldFor } from '../../../../dashboards/display/field-for.ts';
import { showValue } from '../../../../dashboards/display/show-value.ts';
import type { Series } from '../../../../dashboards/frames/frame.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import { reduceValues } from '../../../../dashboards/reduce.ts';
import { colorOf, paletteColor } from '../../../../dashboards/display/colors.ts';
import { el, link, styled } from './dom.ts';
import type { PanelOf } from './drawer.ts';

/** Where the dashboard asks for none: what an operator looks for first. */
const defaultCalcs = ['lastNotNull', 'max'];

const titles: Readonly<Record<string, string>> = {
  lastNotNull: 'last',
  firstNotNull: 'first',
  sum: 'total',
};

export type LegendOptions = {
  readonly panel: PanelOf<'timeseries'>;
  readonly series: readonly Series[];
  readonly hidden: ReadonlySet<string>;
  readonly scope: Scope;
  readonly onPick: (name: string) => void;
};

const linkFor = ({ panel, scope }: LegendOptions, series: Series): HTMLElement | null => {
  const config = fieldFor(panel, { name: series.name, refId: series.refId, kind: 'number' });
  const wanted = (config.links ?? []).find(needsValue);
  const value = reduceValues('lastNotNull', series.values);
  const context = { text: showValue(value, config).text, raw: value, seriesName: series.name, labels: series.labels };
  const target = wanted === undefined ? null : resolveLink(wanted, scope, context);
  return target === null ? null : link(target.url, '↗', { title: target.title, 'aria-label': target.title });
};

const entryOf = (options: LegendOptions, series: Series, index: number): HTMLElement => {
  const { panel, hidden, onPick } = options;
  const config = fieldFor(panel, { name: series.name, refId: series.refId, kind: 'number' });
  const name = config.displayName ?? series.name;
  const color = (config.color?.mode === 'fixed' ? colorOf(config.color.fixedColor ?? '') : null) ?? paletteColor(index);
  const calcs = panel.view.legend.calcs.length === 0 ? defaultCalcs : panel.view.legend.calcs;
  const values = calcs.map((calc) =>
    el(
      'span',
      { class: 'legend-calc' },
      `${titles[calc] ?? calc} `,
      el('b', {}, showValue(reduceValues(calc, series.values), config).text),
    ),
  );
  const swatch = styled(el('span', { class: 'swatch' }), { 'background-color': color });
  const button = el(
    'button',
    { type: 'button', 'aria-pressed': String(!hidden.has(name)), title: name, onclick: () => onPick(name) },
    swatch,
    el('span', { class: 'legend-name' }, name),
  );
  return el('li', { class: hidden.has(name) ? 'off' : undefined }, button, ...values, linkFor(options, series));
};

export const legendOf = (options: LegendOptions): HTMLElement | null => {
  const { panel, series } = options;
  if (panel.view.legend.mode === 'hidden') return null;
  const shown = series
    .map((one, index) => ({ one, index }))
    .filter(({ one }) => fieldFor(panel, { name: one.name, refId: one.refId, kind: 'number' }).style?.hideFrom?.legend !== true);
  return el('ul', { class: `legend legend-${panel.view.legend.mode}` }, ...shown.map(({ one, index }) => entryOf(options, one, index)));
};
