// Asks the annotations of a dashboard.
import type { Annotation, Dashboard } from '../../../../dashboards/dashboard.ts';
import { annotationEvents } from '../../../../dashboards/frames/annotation-events.ts';
import type { AnnotationEvent } from '../../../../dashboards/frames/annotation-events.ts';
import type { BuiltInTimes } from '../../../../dashboards/interpolation/built-ins.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import type { Panel } from '../../../../dashboards/panel.ts';
import type { TimeRange } from '../logic/url-state.ts';
import { askTargets } from './query-panel.ts';

export type AnnotationAnswers = {
  readonly events: readonly { readonly annotation: Annotation; readonly events: readonly AnnotationEvent[] }[];
  readonly errors: readonly string[];
};

/** Enough to see a region's ends within a pixel or two of a wide panel. */
const points = 1_000;

const askOne = async (annotation: Annotation, range: TimeRange, scopeAt: (times: BuiltInTimes) => Scope, signal: AbortSignal) => {
  const found = await askTargets({ targets: [annotation.target], range, points, scopeAt, signal });
  return {
    annotation,
    events: annotationEvents(annotation, found.frames, found.stepMs),
    errors: found.errors.map((error) => `${annotation.name}: ${error}`),
  };
};

export const askAnnotations = async (
  { annotations }: Dashboard,
  range: TimeRange,
  scopeAt: (times: BuiltInTimes) => Scope,
  signal: AbortSignal,
): Promise<AnnotationAnswers> => {
  const asked = await Promise.all(
    annotations.filter(({ enabled }) => enabled).map((annotation) => askOne(annotation, range, scopeAt, signal)),
  );
  return { events: asked, errors: asked.flatMap(({ errors }) => errors) };
};

const isIn = (panel: Panel, { panels }: Annotation): boolean => panels === undefined || panels.ids.includes(panel.id) !== panels.exclude;

export const eventsFor = (panel: Panel, { events }: AnnotationAnswers): readonly AnnotationEvent[] =>
  panel.view.type === 'timeseries' ? events.filter(({ annotation }) => isIn(panel, annotation)).flatMap((found) => found.events) : [];
