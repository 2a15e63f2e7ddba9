// One uPlot in its place: made anew when the series change, otherwise given the new values, so that the cursor stays where it is.
import uPlot from 'uplot';
import type { PlotData } from '../logic/plot-data.ts';
import type { TimeRange } from '../logic/url-state.ts';
import { plotOptions } from './plot-options.ts';

export type PlotSurfaceOptions = {
  readonly holder: HTMLElement;
  readonly utc: boolean;
  readonly range: () => TimeRange;
  readonly onDraw: (plot: uPlot) => void;
  readonly onCursor: (plot: uPlot) => void;
  readonly onZoom: (range: TimeRange) => void;
};

export type PlotSurface = { show(data: PlotData): void; clear(): void; destroy(): void };

const aligned = ({ timesMs, series }: PlotData): uPlot.AlignedData =>
  [[...timesMs], ...series.map(({ drawn }) => [...drawn])] as uPlot.AlignedData;

const lookOf = ({ series }: PlotData): string =>
  JSON.stringify(series.map(({ name, color, config, below }) => [name, color, config, below]));

const leastZoomPixels = 8;

const hooksOf = ({ onDraw, onCursor, onZoom }: PlotSurfaceOptions): uPlot.Hooks.Arrays => ({
  draw: [onDraw],
  setCursor: [onCursor],
  setSelect: [
    (plot) => {
      const { left, width } = plot.select;
      if (width < leastZoomPixels) return;
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      onZoom({ fromMs: Math.round(plot.posToVal(left, 'x')), toMs: Math.round(plot.posToVal(left + width, 'x')) });
    },
  ],
});

const cursor: uPlot.Cursor = { drag: { x: true, y: false, setScale: false }, sync: { key: 'dashboard' }, focus: { prox: 30 } };

export const createPlotSurface = (options: PlotSurfaceOptions): PlotSurface => {
  const { holder, utc, range } = options;
  let plot: uPlot | undefined;
  let look = '';
  const size = () => ({ width: Math.max(holder.clientWidth, 100), height: Math.max(holder.clientHeight, 80) });
  const clear = (): void => {
    plot?.destroy();
    plot = undefined;
  };
  const build = (data: PlotData): void => {
    clear();
    const limits = (): readonly [number, number] => [range().fromMs, range().toMs];
    plot = new uPlot({ ...plotOptions(data, { ...size(), utc }, limits), hooks: hooksOf(options), cursor }, aligned(data), holder);
    look = lookOf(data);
  };
  const resized = new ResizeObserver(() => plot?.setSize(size()));
  resized.observe(holder);
  return {
    show: (data) => (plot === undefined || look !== lookOf(data) ? build(data) : plot.setData(aligned(data))),
    clear,
    destroy: () => {
      resized.disconnect();
      clear();
    },
  };
};
