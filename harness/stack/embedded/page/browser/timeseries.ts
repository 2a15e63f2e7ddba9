// Time series: drawn by uPlot; gaps are gaps. A drag over the plot zooms the whole dashboard.
import type { PlotData } from '../logic/plot-data.ts';
import { plotData } from '../logic/plot-data.ts';
import { el, swap } from './dom.ts';
import type { Drawer, DrawerOptions, Drawing, PanelOf } from './drawer.ts';
import { noData } from './no-data.ts';
import { legendOf } from './plot-legend.ts';
import { mainScale } from './plot-options.ts';
import { drawAnnotations, drawThresholds } from './plot-overlays.ts';
import { createPlotSurface } from './plot-surface.ts';
import { updateTooltip } from './plot-tooltip.ts';

type State = { readonly drawing: Drawing; readonly data: PlotData };

/** A second pick of the same series brings the others back. */
const pick = (hidden: Set<string>, name: string, names: readonly string[]): void => {
  const isAlone = !hidden.has(name) && names.every((other) => other === name || hidden.has(other));
  hidden.clear();
  if (!isAlone) for (const other of names) if (other !== name) hidden.add(other);
};

export const createTimeseries = (panel: PanelOf<'timeseries'>, { body, utc, onZoom }: DrawerOptions): Drawer => {
  const hidden = new Set<string>();
  const holder = el('div', { class: 'plot', role: 'img', 'aria-label': panel.title });
  const tooltip = el('div', { class: 'tooltip', hidden: true });
  const legend = el('div', { class: 'legend-holder' });
  let state: State | undefined;

  const surface = createPlotSurface({
    holder,
    utc,
    onZoom,
    range: () => state?.drawing.range ?? { fromMs: 0, toMs: 1 },
    onDraw: (plot) => {
      if (state === undefined) return;
      drawThresholds(plot, state.data.series[0]?.config ?? panel.defaults, mainScale(state.data));
      drawAnnotations(plot, state.drawing.annotations);
    },
    onCursor: (plot) => {
      if (state !== undefined) updateTooltip(tooltip, { plot, data: state.data, events: state.drawing.annotations, view: panel.view, utc });
    },
  });

  const draw = (drawing: Drawing): void => {
    const { series } = drawing.frames;
    const data = plotData(panel, series, hidden);
    state = { drawing, data };
    if (series.length === 0) {
      surface.clear();
      return swap(body, noData(panel.defaults.noValue));
    }
    if (!body.contains(holder)) swap(body, holder, legend);
    const onPick = (name: string): void => {
      pick(
        hidden,
        name,
        plotData(panel, series, new Set()).series.map((one) => one.name),
      );
      draw(drawing);
    };
    swap(legend, legendOf({ panel, series, hidden, scope: drawing.scope, onPick }));
    surface.show(data);
    holder.append(tooltip);
    return undefined;
  };
  return { draw, destroy: surface.destroy };
};
