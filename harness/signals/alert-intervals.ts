// Samples of ALERTS at steps -> the stretches in which an alert was pending or fired. Pure.
import type { AlertInterval, AlertsRecord, Sample, Series } from '../engine/run-data.ts';

export type AskedRange = { readonly fromMs: number; readonly toMs: number; readonly stepMs: number };

/** An end is the first step without it: never earlier than it truly was, so that nothing is called over too soon. */
export const intervalsOf = (samples: readonly Sample[], { toMs, stepMs }: AskedRange): readonly AlertInterval[] => {
  const times = samples.map(([at]) => Math.round(at * 1000)).toSorted((left, right) => left - right);
  const intervals: { from: number; to: number }[] = [];
  for (const at of times) {
    const last = intervals.at(-1);
    if (last !== undefined && at <= last.to) last.to = at + stepMs;
    else intervals.push({ from: at, to: at + stepMs });
  }
  return intervals.map(({ from, to }) => ({ from, to: to > toMs ? null : to }));
};

/** One entry for each set of labels; those of the run itself say nothing here. */
export const alertsFrom = (series: readonly Series[], range: AskedRange): AlertsRecord['alerts'] =>
  [...Map.groupBy(series, ({ labels }) => keyOf(labels)).values()].map((same) => {
    const { alertname = '', ...labels } = ownLabels(same[0]?.labels ?? {});
    const of = (state: string) =>
      intervalsOf(
        same.filter((each) => each.labels['alertstate'] === state).flatMap(({ samples }) => samples),
        range,
      );
    return { alert: alertname, labels, pending: of('pending'), firing: of('firing') };
  });

const ownLabels = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const { __name__: _name, alertstate: _state, faultline_run: _run, faultline_scenario: _scenario, ...own } = labels;
  return own;
};

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(ownLabels(labels)).toSorted(([left], [right]) => (left < right ? -1 : 1)));
