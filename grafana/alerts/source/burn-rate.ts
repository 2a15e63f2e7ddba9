// One SLO -> the ratios of bad events over each window, recorded so that three days are not read again and again, and an alert for each pair of windows.
import type { BurnWindow, Profile } from './profile.ts';
import { by, rate, secondsOf } from './promql.ts';
import type { AlertRule, RecordingRule, RuleGroup } from './rule.ts';
import type { Slo } from './slo.ts';

export const burnRateGroup = (slo: Slo, { burn }: Profile): RuleGroup => ({
  name: `faultline-slo-${slo.key.replaceAll('_', '-')}`,
  rules: [...windowsOf(burn).map((window) => ratioRule(slo, window)), ...burn.map((window) => burnAlert(slo, window))],
});

const windowsOf = (burn: readonly BurnWindow[]): readonly string[] =>
  [...new Set(burn.flatMap(({ long, short }) => [short, long]))].toSorted((left, right) => secondsOf(left) - secondsOf(right));

const recordOf = ({ key }: Slo, window: string): string => `faultline:${key}:error_ratio_rate${window}`;

/** `> 0`: without any event there is no ratio, where 0/0 would be NaN. */
const ratioRule = (slo: Slo, window: string): RecordingRule => {
  const { events } = slo;
  const sum = (series: string): string => `sum ${by(...slo.by)} (${rate(series, window)})`;
  const total = `(${sum(events.total)} > 0)`;
  const expr =
    'good' in events
      ? `1 - ${sum(events.good)}\n  / ${total}`
      : // No series of bad ones: there never was one.
        `(${sum(events.bad)} or 0 * ${sum(events.total)})\n  / ${total}`;
  return { record: recordOf(slo, window), expr };
};

const burnAlert = (slo: Slo, window: BurnWindow): AlertRule => {
  const { long, short, severity } = window;
  const budget = rounded(1 - slo.objective);
  const factor = 'factor' in window.above ? window.above.factor : rounded(window.above.badShare / budget);
  const above = 'factor' in window.above ? `> ${factor} * ${budget}` : `> ${window.above.badShare}`;
  const of = slo.by.length === 0 ? '' : ` of processor {{ $labels.faultline_processor }}`;
  return {
    alert: slo.alert,
    expr: `${recordOf(slo, long)} ${above}\n  and ${recordOf(slo, short)} ${above}`,
    ...(window.for === undefined ? {} : { for: window.for }),
    severity,
    labels: { slo: slo.key, long_window: long, short_window: short },
    summary: `${slo.impact}: the error budget${of} burns ${factor} times too fast.`,
    description: `{{ $value | humanizePercentage }} over ${long} are bad, and as many over ${short}: ${slo.counts}. The objective is ${rounded(slo.objective * 100)} % good over ${slo.windowDays} days.`,
    withoutTraffic: slo.withoutTraffic,
  };
};

const rounded = (value: number): number => Number(value.toPrecision(6));
