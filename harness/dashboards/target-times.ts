// The step of one query: that of the panel, unless the query or the panel says how fine it may be ("Min step", "Min interval"; of Loki and Tempo "Step").
import type { BuiltInTimes } from './interpolation/built-ins.ts';
import { parseDurationMs } from './time-range.ts';
import type { Target } from './target.ts';

const leastMs = (text: string | undefined): number => (text === undefined ? 0 : (parseDurationMs(text) ?? 0));

/** `times.stepMs`: what the range and the panel's width ask for. The least step also stands for the scrape interval in $__rate_interval, as in Grafana. */
export const targetTimes = (target: Target, panelInterval: string | undefined, times: BuiltInTimes): BuiltInTimes => {
  const own = leastMs(target.interval);
  if (target.datasource !== 'prometheus') return own > 0 ? { ...times, stepMs: own } : times;
  const least = Math.max(own > 0 ? own : leastMs(panelInterval), 0);
  const stepMs = Math.max(times.stepMs, least) * target.intervalFactor;
  return { ...times, stepMs, scrapeMs: least > 0 ? least : times.scrapeMs };
};
