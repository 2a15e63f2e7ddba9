// How often samples come, as the dashboards are told: $__rate_interval is made from it. One that is shorter than the export interval leaves rates empty.
import { HarnessError } from '../engine/errors.ts';
import { parseDurationMs } from '../dashboards/time-range.ts';

const variable = 'FAULTLINE_METRIC_INTERVAL';
/** The export interval of runs, and the one that `stack up` prints for others. */
const usual = '1s';

/** A duration as Grafana's `timeInterval` takes it. Throws a HarnessError where the variable is none. */
export const metricInterval = (environment: Readonly<Record<string, string | undefined>>): string => {
  const text = environment[variable] ?? '';
  if (text === '') return usual;
  if (/^\d+(?:ms|s|m)$/.test(text) && (parseDurationMs(text) ?? 0) > 0) return text;
  throw new HarnessError(
    'FL_USAGE',
    `${variable} is ${text}, which is no interval; give the export interval of what sends metrics, such as 1s or 10s`,
  );
};
