// A set of labels: sorted by name, never changed after it was made, with a key that is equal exactly when the sets are.

export type Labels = { readonly pairs: readonly string[]; readonly key: string };

export const metricNameLabel = '__name__';

/** What Prometheus drops where a result is no longer the metric that it came from. */
const metadataLabels: ReadonlySet<string> = new Set([metricNameLabel, '__type__', '__unit__']);

const keyOf = (pairs: readonly string[]): string => (pairs.some((part) => part.includes('\0')) ? JSON.stringify(pairs) : pairs.join('\0'));

/** `pairs` is name, value, name, value …, sorted by name, without empty values. */
export const labelsFromPairs = (pairs: readonly string[]): Labels => ({ pairs, key: keyOf(pairs) });

export const noLabels: Labels = labelsFromPairs([]);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const labelsFromEntries = (entries: Iterable<readonly [string, string]>): Labels => {
  const sorted = [...entries].filter(([, value]) => value !== '').sort((a, b) => compareText(a[0], b[0]));
  return labelsFromPairs(sorted.flat());
};

export const labelsFrom = (record: Readonly<Record<string, string>>): Labels => labelsFromEntries(Object.entries(record));

export function* labelEntries(labels: Labels): Generator<readonly [string, string]> {
  for (let index = 0; index < labels.pairs.length; index += 2) yield [labels.pairs[index]!, labels.pairs[index + 1]!];
}

/** The value of a label; empty for one that is not there, which is the same thing. */
export const labelValue = (labels: Labels, name: string): string => {
  const { pairs } = labels;
  for (let index = 0; index < pairs.length; index += 2) if (pairs[index] === name) return pairs[index + 1]!;
  return '';
};

const filterLabels = (labels: Labels, keeps: (name: string) => boolean): Labels => {
  const kept: string[] = [];
  for (const [name, value] of labelEntries(labels)) if (keeps(name)) kept.push(name, value);
  return kept.length === labels.pairs.length ? labels : labelsFromPairs(kept);
};

export const pickLabels = (labels: Labels, names: ReadonlySet<string>): Labels => filterLabels(labels, (name) => names.has(name));

export const omitLabels = (labels: Labels, names: ReadonlySet<string>): Labels => filterLabels(labels, (name) => !names.has(name));

// Label sets of stored series live as long as their series, so that the same query a second later finds its answers here.
const withoutMetadata = new WeakMap<Labels, Labels>();

/** Drops the metric's name (and type and unit). */
export const dropMetricName = (labels: Labels): Labels => {
  const known = withoutMetadata.get(labels);
  if (known !== undefined) return known;
  const dropped = omitLabels(labels, metadataLabels);
  withoutMetadata.set(labels, dropped);
  return dropped;
};

/** Sets a label; an empty value removes it. */
export const setLabel = (labels: Labels, name: string, value: string): Labels =>
  labelsFromEntries([...[...labelEntries(labels)].filter(([other]) => other !== name), [name, value]]);

/** Prometheus' order of series: by name, then value, label by label; the shorter set first. */
export const compareLabels = (a: Labels, b: Labels): number => {
  const shared = Math.min(a.pairs.length, b.pairs.length);
  for (let index = 0; index < shared; index += 1) {
    const order = compareText(a.pairs[index]!, b.pairs[index]!);
    if (order !== 0) return order;
  }
  return a.pairs.length - b.pairs.length;
};

/** As Prometheus prints a label set in its error messages. */
export const formatLabels = (labels: Labels): string =>
  `{${[...labelEntries(labels)].map(([name, value]) => `${/^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`).join(', ')}}`;

export const labelsToRecord = (labels: Labels): Record<string, string> => Object.fromEntries(labelEntries(labels));
