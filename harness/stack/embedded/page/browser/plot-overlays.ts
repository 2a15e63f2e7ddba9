// What is drawn over a plot: thresholds as lines or areas, annotations as lines and stretches with their text.
import type uPlot from 'uplot';
import { colorOf } from '../../../../dashboards/display/colors.ts';
import { thresholdLines } from '../../../../dashboards/display/show-value.ts';
import type { FieldConfig } from '../../../../dashboards/field-config.ts';
import type { AnnotationEvent } from '../../../../dashboards/frames/annotation-events.ts';

const withClip = (plot: uPlot, draw: (context: CanvasRenderingContext2D) => void): void => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
};

const line = (context: CanvasRenderingContext2D, from: readonly [number, number], to: readonly [number, number]): void => {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
};

export const drawThresholds = (plot: uPlot, config: FieldConfig, scale: string): void => {
  const style = config.style?.thresholdsStyle ?? 'off';
  if (style === 'off') return;
  const { bbox } = plot;
  const lines = thresholdLines(config);
  withClip(plot, (context) => {
    lines.forEach(({ value, color }, index) => {
      const y = plot.valToPos(value, scale, true);
      const next = lines[index + 1];
      context.strokeStyle = context.fillStyle = color ?? 'gray';
      if (style.includes('area')) {
        const top = next === undefined ? bbox.top : plot.valToPos(next.value, scale, true);
        context.globalAlpha = 0.12;
        context.fillRect(bbox.left, top, bbox.width, y - top);
      }
      context.globalAlpha = 0.8;
      context.lineWidth = devicePixelRatio;
      context.setLineDash(style.startsWith('dashed') ? [8 * devicePixelRatio, 6 * devicePixelRatio] : []);
      if (style !== 'area') line(context, [bbox.left, y], [bbox.left + bbox.width, y]);
    });
  });
};

const textRows = 4;
const rowPixels = 11;

const textOf = ({ title, text }: AnnotationEvent): string => (title === '' ? text : title).slice(0, 40);

/** Where texts end so far, row by row: a text takes the first row that is free, or none where all are taken. */
const freeRow = (ends: number[], x: number, width: number): number | null => {
  for (let row = 0; row < textRows; row += 1) {
    if ((ends[row] ?? -Infinity) > x) continue;
    ends[row] = x + width;
    return row;
  }
  return null;
};

const drawText = (context: CanvasRenderingContext2D, event: AnnotationEvent, x: number, top: number, ends: number[]): void => {
  const gap = 3 * devicePixelRatio;
  context.globalAlpha = 1;
  context.font = `${10 * devicePixelRatio}px sans-serif`;
  context.textBaseline = 'top';
  context.textAlign = 'left';
  const text = textOf(event);
  const row = freeRow(ends, x, context.measureText(text).width + 2 * gap);
  if (row !== null) context.fillText(text, x + gap, top + row * rowPixels * devicePixelRatio);
};

const drawEvent = (plot: uPlot, context: CanvasRenderingContext2D, event: AnnotationEvent, ends: number[]): void => {
  const { bbox } = plot;
  const [start, end] = [plot.valToPos(event.startMs, 'x', true), plot.valToPos(event.endMs, 'x', true)];
  if (end < bbox.left || start > bbox.left + bbox.width) return;
  context.strokeStyle = context.fillStyle = colorOf(event.color) ?? event.color;
  if (end - start > 1) {
    context.globalAlpha = 0.12;
    context.fillRect(start, bbox.top, end - start, bbox.height);
  }
  context.globalAlpha = 0.9;
  context.lineWidth = devicePixelRatio;
  context.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  line(context, [start, bbox.top], [start, bbox.top + bbox.height]);
  drawText(context, event, Math.max(start, bbox.left), bbox.top, ends);
};

export const drawAnnotations = (plot: uPlot, events: readonly AnnotationEvent[]): void => {
  const ends: number[] = [];
  withClip(plot, (context) => {
    for (const event of events.toSorted((one, other) => one.startMs - other.startMs)) drawEvent(plot, context, event, ends);
  });
};
