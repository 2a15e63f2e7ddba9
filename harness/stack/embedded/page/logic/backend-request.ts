// Where a query is sent, and how its answer is read.
import { lokiFrames } from '../../../../dashboards/frames/loki-frames.ts';
import { matrixFrames, vectorFrames } from '../../../../dashboards/frames/prometheus-frames.ts';
import type { Grid } from '../../../../dashboards/frames/prometheus-frames.ts';
import { searchFrames, traceMetricFrames } from '../../../../dashboards/frames/tempo-frames.ts';
import type { Frames } from '../../../../dashboards/frames/frame.ts';
import type { QueryKind, Target } from '../../../../dashboards/target.ts';
import type { PageConfig } from './page-config.ts';

export type BackendRequest = { readonly url: string; readonly read: (answer: unknown) => Frames };

export type Question = {
  /** Its variables filled in. */
  readonly target: Target;
  readonly kind: QueryKind;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** Other queries stand beside this one. */
  readonly several: boolean;
};

const nanos = (epochMs: number): string => `${Math.round(epochMs)}000000`;
const url = (base: string, path: string, parameters: Readonly<Record<string, string>>): string =>
  `${base}${path}?${new URLSearchParams(parameters).toString()}`;

/** On whole steps, as Grafana asks: the same moments on every refresh, so that lines do not dance. */
const gridOf = ({ fromMs, toMs, stepMs }: Question): Grid => ({
  startMs: Math.floor(fromMs / stepMs) * stepMs,
  endMs: Math.floor(toMs / stepMs) * stepMs,
  stepMs,
});

const prometheusRequest = (base: string, question: Question): BackendRequest => {
  const { target, kind, toMs, several } = question;
  if (kind === 'instant')
    return {
      url: url(base, '/api/v1/query', { query: target.expr, time: String(toMs / 1_000) }),
      read: (answer) => vectorFrames(answer, target, several),
    };
  const grid = gridOf(question);
  const parameters = {
    query: target.expr,
    start: String(grid.startMs / 1_000),
    end: String(grid.endMs / 1_000),
    step: String(grid.stepMs / 1_000),
  };
  return { url: url(base, '/api/v1/query_range', parameters), read: (answer) => matrixFrames(answer, target, grid) };
};

const defaultLines = 500;

const lokiRequest = (base: string, question: Question): BackendRequest => {
  const { target, kind, fromMs, toMs, several } = question;
  const grid = gridOf(question);
  const read = (answer: unknown): Frames => lokiFrames(answer, target, grid, several);
  if (kind === 'instant') return { url: url(base, '/loki/api/v1/query', { query: target.expr, time: nanos(toMs) }), read };
  const parameters = {
    query: target.expr,
    // Lines are wanted up to the last moment; numbers on whole steps.
    start: nanos(Math.min(grid.startMs, fromMs)),
    end: nanos(toMs),
    step: String(grid.stepMs / 1_000),
    limit: String(target.limit ?? defaultLines),
    direction: target.oldestFirst ? 'forward' : 'backward',
  };
  return { url: url(base, '/loki/api/v1/query_range', parameters), read };
};

const defaultTraces = 20;

const tempoRequest = (base: string, question: Question): BackendRequest => {
  const { target, kind, fromMs, toMs, stepMs } = question;
  const times = { start: String(Math.floor(fromMs / 1_000)), end: String(Math.ceil(toMs / 1_000)) };
  if (kind === 'search') {
    const parameters = { q: target.expr, ...times, limit: String(target.limit ?? defaultTraces), spss: String(target.spansPerSet ?? 3) };
    return { url: url(base, '/api/search', parameters), read: (answer) => searchFrames(answer, target) };
  }
  const path = kind === 'instant' ? '/api/metrics/query' : '/api/metrics/query_range';
  const parameters = { q: target.expr, ...times, ...(kind === 'instant' ? {} : { step: `${stepMs / 1_000}s` }) };
  return { url: url(base, path, parameters), read: (answer) => traceMetricFrames(answer, target, gridOf(question)) };
};

const requests = { prometheus: prometheusRequest, loki: lokiRequest, tempo: tempoRequest } as const;

export const backendRequest = (backends: PageConfig['backends'], question: Question): BackendRequest =>
  requests[question.target.datasource](backends[question.target.datasource], question);
