// Metric queries by seed: range aggregations with and without unwrap, vector aggregations, operators with matching.
import { formatStages, logPipeline } from './logql-pipelines.ts';
import type { LogFormat, LogqlWords } from './logql-queries.ts';

const rangeOf = ({ random }: LogqlWords): string => `[${random.pick(['10s', '30s', '1m', '2m30s', '5m'])}]`;
const offsetOf = ({ random }: LogqlWords): string => (random.chance(0.15) ? ` offset ${random.pick(['30s', '1m', '-20s'])}` : '');

const groupLabels = ({ random, vocabulary }: LogqlWords, more: readonly string[]): string => {
  const names = ['service_name', ...Object.keys(vocabulary.labels).slice(0, 3), ...more];
  return Array.from({ length: random.int(0, 2) }, () => random.pick(names)).join(', ');
};

const grouping = (words: LogqlWords, more: readonly string[]): string =>
  `${words.random.pick(['by', 'by', 'without'])} (${groupLabels(words, more)})`;

const counted = (words: LogqlWords): string => {
  const { random } = words;
  const operation = random.pick(['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'absent_over_time']);
  return `${operation}(${logPipeline(words)} ${rangeOf(words)}${offsetOf(words)})`;
};

const unwrapOf = ({ random, vocabulary }: LogqlWords, format: LogFormat | null): string => {
  if (format === null) return `| unwrap ${random.pick(vocabulary.numbers)}`;
  const filter = random.chance(0.7) ? ' | __error__=""' : random.chance(0.5) ? ` | ${random.pick(format.numbers)} > 300` : '';
  return random.pick([
    `| unwrap ${random.pick(format.numbers)}${filter}`,
    `| unwrap duration(${random.pick(format.durations)})${filter}`,
    `| unwrap duration_seconds(${random.pick(format.durations)})${filter}`,
    `| unwrap bytes(${random.pick(format.sizes)})${filter}`,
  ]);
};

const grouped = 'avg max min stddev stdvar first last'.split(' ').map((name) => `${name}_over_time`);
const ungrouped = ['sum_over_time', 'rate', 'rate_counter'];

const unwrapped = (words: LogqlWords): string => {
  const { random, vocabulary } = words;
  const format = random.chance(0.7) && vocabulary.formats.length > 0 ? random.pick(vocabulary.formats) : null;
  const source = format === null ? random.pick(vocabulary.selectors) : `${format.selector}${formatStages(words, format)}`;
  const inner = `${source} ${unwrapOf(words, format)} ${rangeOf(words)}${offsetOf(words)}`;
  if (random.chance(0.3)) return `${random.pick(ungrouped)}(${inner})`;
  const by = grouping(words, format?.texts ?? []);
  if (random.chance(0.2)) return `quantile_over_time(${random.pick(['0', '0.5', '0.99'])}, ${inner}) ${by}`;
  return `${random.pick(grouped)}(${inner}) ${by}`;
};

const overRange = (words: LogqlWords): string => (words.random.chance(0.6) ? counted(words) : unwrapped(words));

const aggregated = (words: LogqlWords, depth: number): string => {
  const { random } = words;
  const inner = metricQuery(words, depth - 1);
  const by = random.chance(0.7) ? ` ${grouping(words, ['method', 'status'])} ` : '';
  const operation = random.pick(['sum', 'sum', 'avg', 'count', 'max', 'min', 'stddev', 'stdvar', 'topk', 'bottomk', 'sort', 'sort_desc']);
  if (operation.startsWith('sort')) return `${operation}(${inner})`;
  return operation.endsWith('k') ? `${operation}${by}(${random.int(1, 3)}, ${inner})` : `${operation}${by}(${inner})`;
};

const arithmetic = ['+', '-', '*', '/', '%', '^'];
const comparisons = ['==', '!=', '>', '>=', '<', '<='];

const operator = ({ random }: LogqlWords): string =>
  random.chance(0.6) ? random.pick(arithmetic) : `${random.pick(comparisons)}${random.chance(0.4) ? ' bool' : ''}`;

const withNumber = (words: LogqlWords, depth: number): string => {
  const inner = metricQuery(words, depth - 1);
  const number = words.random.pick(['0', '2', '0.5', '10', '1e3']);
  return words.random.chance(0.7) ? `${inner} ${operator(words)} ${number}` : `${number} ${operator(words)} ${inner}`;
};

/** Both sides by the same label, so that they may match; one side may have more. */
const matched = (words: LogqlWords): string => {
  const { random } = words;
  const side = (labels: string): string => `sum by (${labels}) (${counted(words)})`;
  const label = random.pick(['service_name', 'tenant', 'severity_text']);
  return random.pick([
    () => `${side(label)} ${operator(words)} ${side(label)}`,
    () => `${side(label)} ${operator(words)} on (${label}) ${side(label)}`,
    () => `${side(`${label}, detected_level`)} ${random.pick(arithmetic)} on (${label}) group_left ${side(label)}`,
    () => `${side(label)} ${random.pick(arithmetic)} ignoring (detected_level) group_right ${side(`${label}, detected_level`)}`,
    () => `${side(label)} ${random.pick(['and', 'or', 'unless'])} ${side(label)}`,
    () => `${side(`${label}, detected_level`)} ${random.pick(['and', 'unless'])} on (${label}) ${side(label)}`,
  ])();
};

const mixed = (words: LogqlWords): string =>
  words.random.pick([
    () => `sum(${counted(words)}) or vector(${words.random.int(0, 9)})`,
    () => `vector(${words.random.int(0, 9)}) + vector(2) * vector(3) ^ vector(2)`,
    () => `sum(${counted(words)}) + 2 * 3 ^ 2 - 1`,
    () => `label_replace(sum by (service_name) (${counted(words)}), "to", "$1-x", "service_name", "(.*)e.*")`,
    () => `1 + 2 * 3`,
  ])();

export const metricQuery = (words: LogqlWords, depth: number): string => {
  const { random } = words;
  if (depth === 0) return overRange(words);
  return random.pick([
    () => overRange(words),
    () => aggregated(words, depth),
    () => aggregated(words, depth),
    () => withNumber(words, depth),
    () => matched(words),
    () => mixed(words),
  ])();
};
