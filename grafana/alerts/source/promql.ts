// The pieces that every expression is made of. Run and scenario stay as labels, so that several runs can share one Prometheus; in production they are empty.
import type { Signal } from '../../../system/contract/signals.ts';

const scope = ['faultline_run', 'faultline_scenario'] as const;

export const by = (...labels: readonly string[]): string => `by (${[...scope, ...labels].join(', ')})`;

/** The value of a gauge, where it was exported within the window: an instant selector would read the last word of a dead process for five minutes. */
export const recent = ({ promName }: Signal, window: string): string => `last_over_time(${promName}[${window}])`;

/**
 * The value of a gauge that is an age, and how long ago it was said: an age goes on to grow where nobody says it any more. The instant selector alone knows
 * the time of a sample, and its five minutes are cut to the window.
 */
export const ageOf = (signal: Signal, window: string): string =>
  `(${signal.promName} + (time() - timestamp(${signal.promName})) and ${recent(signal, window)})`;

/** How fast a counter grew, a restart of its process included. */
export const rate = (series: string, window: string): string => `rate(${series}[${window}])`;

export const counterOf = ({ promName }: Signal, matchers = ''): string => `${promName}${braced(matchers)}`;
export const countOf = ({ promName }: Signal, matchers = ''): string => `${promName}_count${braced(matchers)}`;

/** Those of a histogram's events that took at most so long; it must be one of the buckets. A whole number is written `5` or `5.0`, as the server likes. */
export const withinOf = ({ promName }: Signal, seconds: number, matchers = ''): string => {
  const le = Number.isInteger(seconds) ? `le=~"${seconds}|${seconds}[.]0"` : `le="${seconds}"`;
  return `${promName}_bucket${braced([matchers, le].filter(Boolean).join(','))}`;
};

const braced = (matchers: string): string => (matchers === '' ? '' : `{${matchers}}`);

/** `5m` and the like, in seconds. */
export const secondsOf = (duration: string): number => {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const factor = { s: 1, m: 60, h: 3600, d: 86_400 }[unit ?? ''];
  if (amount === undefined || factor === undefined) throw new Error(`${duration} is no duration such as 30s, 5m, 1h or 3d`);
  return Number(amount) * factor;
};
