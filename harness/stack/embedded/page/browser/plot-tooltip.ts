// The values at the cursor, and the annotations near it.
import type uPlot from 'uplot';
import { showValue } from '../../../../dashboards/display/show-value.ts';
import type { AnnotationEvent } from '../../../../dashboards/frames/annotation-events.ts';
import type { PlotData, PlotSeries } from '../logic/plot-data.ts';
import { el, styled, swap } from './dom.ts';
import type { PanelOf } from './drawer.ts';
import { timeText } from './time-text.ts';

type Row = { readonly one: PlotSeries; readonly value: number; readonly distance: number };

const rowsAt = (plot: uPlot, { timesMs, series }: PlotData, index: number): readonly Row[] => {
  const atMs = timesMs[index];
  return series.flatMap((one, at) => {
    const place = one.series.timesMs.indexOf(atMs ?? -1);
    const value = one.series.values[place] ?? null;
    const drawn = one.drawn[index];
    if (value === null || typeof drawn !== 'number' || one.config.style?.hideFrom?.tooltip === true) return [];
    const y = plot.valToPos(drawn, plot.series[at + 1]?.scale ?? '');
    return [{ one, value, distance: Math.abs(y - (plot.cursor.top ?? 0)) }];
  });
};

const chosen = (rows: readonly Row[], { mode, sort }: PanelOf<'timeseries'>['view']['tooltip']): readonly Row[] => {
  if (mode === 'single') return rows.toSorted((one, other) => one.distance - other.distance).slice(0, 1);
  if (sort === 'none') return rows;
  return rows.toSorted((one, other) => (sort === 'asc' ? one.value - other.value : other.value - one.value));
};

const swatch = (color: string): HTMLElement => styled(el('span', { class: 'swatch' }), { 'background-color': color });

const rowOf = ({ one, value }: Row): HTMLElement =>
  el(
    'div',
    { class: 'tooltip-row' },
    swatch(one.color),
    el('span', { class: 'tooltip-name' }, one.name),
    el('b', {}, showValue(value, one.config).text),
  );

const near = (plot: uPlot, events: readonly AnnotationEvent[], left: number): readonly AnnotationEvent[] =>
  events.filter(({ startMs, endMs }) => left >= plot.valToPos(startMs, 'x') - 5 && left <= plot.valToPos(endMs, 'x') + 5).slice(0, 5);

const eventRow = (event: AnnotationEvent): HTMLElement =>
  el(
    'div',
    { class: 'tooltip-event' },
    el('b', {}, `${event.name}${event.title === '' ? '' : `: ${event.title}`}`),
    event.text === '' ? null : el('span', {}, event.text.slice(0, 200)),
  );

export type TooltipOptions = {
  readonly plot: uPlot;
  readonly data: PlotData;
  readonly events: readonly AnnotationEvent[];
  readonly view: PanelOf<'timeseries'>['view'];
  readonly utc: boolean;
};

const mostRows = 20;

/** Only in the plot that the pointer is over; in the others the cursor moves along without one. */
export const updateTooltip = (tooltip: HTMLElement, { plot, data, events, view, utc }: TooltipOptions): void => {
  const { idx, left = -1 } = plot.cursor;
  const isHere = plot.over.matches(':hover') && typeof idx === 'number' && left >= 0 && view.tooltip.mode !== 'none';
  tooltip.hidden = !isHere;
  if (!isHere) return;
  const rows = chosen(rowsAt(plot, data, idx), view.tooltip);
  const more = rows.length > mostRows ? el('div', { class: 'note' }, `and ${rows.length - mostRows} more`) : null;
  swap(
    tooltip,
    el('div', { class: 'tooltip-time' }, timeText(data.timesMs[idx] ?? 0, utc)),
    ...rows.slice(0, mostRows).map(rowOf),
    more,
    ...near(plot, events, left).map(eventRow),
  );
  const isRight = left > plot.over.clientWidth / 2;
  const offset = plot.over.offsetLeft + left;
  styled(tooltip, isRight ? { left: 'auto', right: `${plot.width - offset + 12}px` } : { right: 'auto', left: `${offset + 12}px` });
};
