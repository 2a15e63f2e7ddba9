// Grafana's own variables: the time range, the step, and the rate interval.
import { formatDurationMs } from '../time-range.ts';
import { rateIntervalMs } from '../interval.ts';

export type BuiltInTimes = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** The datasource's timeInterval: how often samples come. */
  readonly scrapeMs: number;
  /** As the reader chose it ("now-15m"), for links. */
  readonly chosen?: { readonly from: string; readonly to: string };
};

export type BuiltIns = ReadonlyMap<string, string>;

export const builtIns = ({ fromMs, toMs, stepMs, scrapeMs, chosen }: BuiltInTimes, dashboard?: { readonly title: string }): BuiltIns => {
  const rangeMs = Math.max(0, toMs - fromMs);
  const rangeSeconds = Math.round(rangeMs / 1_000);
  const rate = rateIntervalMs(stepMs, scrapeMs);
  return new Map([
    ['__interval', formatDurationMs(stepMs)],
    ['__interval_ms', String(stepMs)],
    ['__rate_interval', formatDurationMs(rate)],
    ['__rate_interval_ms', String(rate)],
    ['__range', `${rangeSeconds}s`],
    ['__range_s', String(rangeSeconds)],
    ['__range_ms', String(rangeMs)],
    ['__from', String(Math.round(fromMs))],
    ['__to', String(Math.round(toMs))],
    // Loki's rate window: the step, as Grafana's Loki datasource has it.
    ['__auto', formatDurationMs(stepMs)],
    // What a link passes on, so that the other page shows the same time.
    [
      '__url_time_range',
      `from=${encodeURIComponent(chosen?.from ?? Math.round(fromMs))}&to=${encodeURIComponent(chosen?.to ?? Math.round(toMs))}`,
    ],
    ...(dashboard === undefined ? [] : ([['__dashboard', dashboard.title]] as const)),
  ]);
};

/** ${__from:date}, ${__from:date:iso}, ${__from:date:seconds}. undefined: no such format. */
export const formatTime = (epochMs: string, format: string): string | undefined => {
  if (format === 'date' || format === 'date:iso') return new Date(Number(epochMs)).toISOString();
  if (format === 'date:seconds') return String(Math.floor(Number(epochMs) / 1_000));
  return format === 'raw' || format === 'text' ? epochMs : undefined;
};
