// The functions of PromQL with what they take and give. Those that a stock server does not have switched on are known by name, to refuse them well.
import type { ValueType } from './ast.ts';

export type Signature = {
  readonly takes: readonly ValueType[];
  /** How many more of the last kind may come, or be left out; -1: any number. 0: exactly `takes`. */
  readonly variadic: number;
  readonly gives: ValueType;
};

const signature = (takes: readonly ValueType[], gives: ValueType = 'vector', variadic = 0): Signature => ({ takes, gives, variadic });

const eachOf = (names: string, value: Signature): [string, Signature][] => names.split(' ').map((name) => [name, value]);

const overTime =
  'absent avg count first last max min present stddev stdvar sum'.replaceAll(/(\w+)/g, '$1_over_time') +
  ' changes delta deriv idelta increase irate rate resets';

export const signatures: ReadonlyMap<string, Signature> = new Map([
  ...eachOf(overTime, signature(['matrix'])),
  ...eachOf('abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn', signature(['vector'])),
  ...eachOf('sin sinh sort sort_desc sqrt tan tanh timestamp', signature(['vector'])),
  ...eachOf('day_of_month day_of_week day_of_year days_in_month hour minute month year', signature(['vector'], 'vector', 1)),
  ...eachOf('clamp_max clamp_min', signature(['vector', 'scalar'])),
  ...eachOf('pi time', signature([], 'scalar')),
  ['clamp', signature(['vector', 'scalar', 'scalar'])],
  ['histogram_fraction', signature(['scalar', 'scalar', 'vector'])],
  ['histogram_quantile', signature(['scalar', 'vector'])],
  ['label_join', signature(['vector', 'string', 'string', 'string'], 'vector', -1)],
  ['label_replace', signature(['vector', 'string', 'string', 'string', 'string'])],
  ['predict_linear', signature(['matrix', 'scalar'])],
  ['quantile_over_time', signature(['scalar', 'matrix'])],
  ['round', signature(['vector', 'scalar'], 'vector', 1)],
  ['scalar', signature(['vector'], 'scalar')],
  ['vector', signature(['scalar'])],
]);

/** Behind --enable-feature=promql-experimental-functions in Prometheus. */
export const experimentalFunctions: ReadonlySet<string> = new Set([
  'double_exponential_smoothing',
  'end',
  'histogram_quantiles',
  'info',
  'limit_ratio',
  'limitk',
  'mad_over_time',
  'max_of',
  'min_of',
  'range',
  'sort_by_label',
  'sort_by_label_desc',
  'start',
  'start_timestamp',
  'step',
  'ts_of_first_over_time',
  'ts_of_last_over_time',
  'ts_of_max_over_time',
  'ts_of_min_over_time',
]);

/** These work on native histograms alone, which this evaluator does not store. */
export const nativeHistogramFunctions: ReadonlySet<string> = new Set([
  'histogram_avg',
  'histogram_count',
  'histogram_stddev',
  'histogram_stdvar',
  'histogram_sum',
]);
