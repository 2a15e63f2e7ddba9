// PromQL of the signal catalogue: a signal, a label or a kind that the catalogue does not have is a type error here, not an empty panel.
import type { Signal as Catalogued } from '../../../system/contract/signals.ts';

/** What a query needs of a signal. */
export type Signal = Pick<Catalogued, 'kind' | 'promName' | 'attributes'>;
/** Prometheus' translation of an attribute's name. */
type LabelOf<Attribute extends string> = Attribute extends `${infer Head}.${infer Tail}` ? `${Head}_${LabelOf<Tail>}` : Attribute;
type Matcher = `${'=' | '!=' | '=~' | '!~'}"${string}"`;
export type Label<S extends Signal> = LabelOf<S['attributes'][number]> | 'job' | 'instance';
export type Matchers<S extends Signal> = { readonly [Name in Label<S>]?: Matcher };

type Histogram = Signal & { readonly kind: 'histogram' };
type Counter = Signal & { readonly kind: 'counter' };
type Gauge = Signal & { readonly kind: 'gauge' };

/** Both match the empty label too where All is chosen: in production nothing is marked with a run. */
export const runMatchers = 'faultline_run=~"$faultline_run",faultline_scenario=~"$faultline_scenario"';

/** The panel's step decides; never less than four exports. */
const panelWindow = '$__rate_interval';

const selector = (name: string, matchers: Readonly<Record<string, string | undefined>>): string => {
  const own = Object.entries(matchers).map(([label, matcher]) => `,${label}${matcher}`);
  return `${name}{${runMatchers}${own.join('')}}`;
};

/** A gauge's or counter's own value. */
export const valueOf = <S extends Gauge | Counter>(signal: S, matchers: Matchers<S> = {}): string => selector(signal.promName, matchers);

/** A second's increase of a counter. */
export const rateOf = <S extends Counter>(signal: S, matchers: Matchers<S> = {}, window = panelWindow): string =>
  `rate(${selector(signal.promName, matchers)}[${window}])`;

/** What a gauge that only grows, but for corrections, grew by in a second. */
export const growthOf = <S extends Gauge>(signal: S, matchers: Matchers<S> = {}, window = panelWindow): string =>
  `clamp_min(deriv(${selector(signal.promName, matchers)}[${window}]), 0)`;

/**
 * What a process's counter grew by in the range, each series for itself and exact. `increase()` would lose what was counted before a process's first export:
 * after a crash that is most of it, for the new process takes the lanes over at once. A series of a process that began in the range began at 0.
 */
export const grownInRange = <S extends Counter>(signal: S, matchers: Matchers<S> = {}): string => {
  const series = selector(signal.promName, matchers);
  const highest = `max_over_time(${series}[$__range])`;
  return `(${highest} - (${series} offset $__range or 0 * ${highest}))`;
};

/** Observations of a histogram in a second. */
export const countRateOf = <S extends Histogram>(signal: S, matchers: Matchers<S> = {}, window = panelWindow): string =>
  `rate(${selector(`${signal.promName}_count`, matchers)}[${window}])`;

export type Quantile<S extends Signal> = {
  readonly by?: readonly Label<S>[];
  readonly matchers?: Matchers<S>;
  readonly window?: string;
};

/** NaN, and not 0, where nothing was observed. */
export const quantileOf = <S extends Histogram>(share: number, signal: S, options: Quantile<S> = {}): string => {
  const { by = [], matchers = {}, window = panelWindow } = options;
  const buckets = selector(`${signal.promName}_bucket`, matchers as Matchers<Histogram>);
  return `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) (rate(${buckets}[${window}])))`;
};

export const sumOf = (expression: string): string => `sum(${expression})`;
export const maxOf = (expression: string): string => `max(${expression})`;
