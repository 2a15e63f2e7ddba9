// What the plots of one scenario show, computed from its run: history and telemetry in one picture, on one time axis of seconds since the run's zero.
import type { RunData } from '../../engine/run-data.ts';
import type { Role } from './plot-roles.ts';
import { deadLetterPlot } from './plot-dead-letters.ts';
import { lagPlot } from './plot-lag.ts';
import { latencyPlot } from './plot-latency.ts';
import { ratePlot } from './plot-rate.ts';

export type PlotSeries = {
  readonly label: string;
  readonly role: Role;
  /** Dashed lines are what the telemetry says. */
  readonly dashed?: boolean;
  /** Drawn as a step: the value holds until the next. */
  readonly stepped?: boolean;
  /** As many as `x`; null: nothing known at that time. */
  readonly values: readonly (number | null)[];
};

export type Plot = {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly logarithmic?: boolean;
  /** What a reader who cannot see it is told. */
  readonly summary: string;
  readonly x: readonly number[];
  readonly series: readonly PlotSeries[];
};

export type Band = { readonly name: string; readonly kind: string; readonly from: number; readonly to: number };
/** A fault from its injection to its healing; `number` is what it is called in the list beside the plot. */
export type Mark = { readonly number: number; readonly name: string; readonly from: number; readonly to: number | null };

export type ScenarioPlots = {
  readonly bands: readonly Band[];
  readonly marks: readonly Mark[];
  readonly until: number;
  readonly plots: readonly Plot[];
};

export const scenarioPlots = (run: RunData): ScenarioPlots => {
  const { zeroAt, phases } = run.timeline;
  const sinceZero = (at: number): number => Math.round(at - zeroAt) / 1000;
  const bands = phases.map(({ name, kind, from, to }) => ({ name, kind, from: sinceZero(from), to: sinceZero(to) }));
  const marks = run.evidence.map(({ fault, injectedAt, healedAt }, index) => ({
    number: index + 1,
    name: fault,
    from: sinceZero(injectedAt),
    to: healedAt === null ? null : sinceZero(healedAt),
  }));
  const until = Math.max(1, ...bands.map(({ to }) => to));
  return { bands, marks, until, plots: [ratePlot(run, until), latencyPlot(run, until), lagPlot(run, until), deadLetterPlot(run, until)] };
};
