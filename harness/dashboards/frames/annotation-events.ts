// What an annotation's query found, as moments or stretches of time with a text.
import type { Annotation } from '../dashboard.ts';
import { formatLegend } from '../legend.ts';
import type { Labels } from '../legend.ts';
import type { Frames, Series } from './frame.ts';

export type AnnotationEvent = {
  readonly name: string;
  readonly color: string;
  readonly startMs: number;
  /** The same as `startMs`: a moment. */
  readonly endMs: number;
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
};

const describe = (
  annotation: Annotation,
  labels: Labels,
  line: string,
): Pick<AnnotationEvent, 'name' | 'color' | 'title' | 'text' | 'tags'> => ({
  name: annotation.name,
  color: annotation.color,
  title: formatLegend(annotation.titleFormat ?? '', labels),
  text: annotation.textFormat === undefined ? line : formatLegend(annotation.textFormat, labels),
  tags: annotation.tagKeys.map((key) => labels[key] ?? '').filter((tag) => tag !== ''),
});

/** Neighbouring samples are one stretch, as Grafana joins them: more than a step without one ends it. A sample of 0 is none. */
const stretches = (series: Series, stepMs: number): readonly (readonly [number, number])[] => {
  const found: [number, number][] = [];
  series.timesMs.forEach((atMs, index) => {
    const value = series.values[index] ?? null;
    if (value === null || Number.isNaN(value) || value === 0) return;
    const last = found.at(-1);
    if (last !== undefined && atMs - last[1] <= stepMs) last[1] = atMs;
    else found.push([atMs, atMs]);
  });
  return found;
};

const moments = (series: Series): readonly (readonly [number, number])[] =>
  [...new Set(series.values)].filter((value): value is number => value !== null && value > 0).map((atMs) => [atMs, atMs]);

export const annotationEvents = (annotation: Annotation, { series, lines }: Frames, stepMs: number): readonly AnnotationEvent[] => [
  ...series.flatMap((one) =>
    (annotation.useValueForTime ? moments(one) : stretches(one, stepMs)).map(([startMs, endMs]) => ({
      ...describe(annotation, one.labels, one.name),
      startMs,
      endMs,
    })),
  ),
  ...lines.map(({ atMs, labels, line }) => ({ ...describe(annotation, labels, line), startMs: atMs, endMs: atMs })),
];
