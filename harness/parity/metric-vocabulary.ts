// What generated queries may speak of: the metrics, labels and values that a recording really holds. Pure.

export type MetricKind = 'counter' | 'gauge' | 'bucket';

export type MetricWords = {
  readonly name: string;
  readonly kind: MetricKind;
  /** Label names and some of their values; never __name__. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
};

export type MetricVocabulary = readonly MetricWords[];

const kindOf = (name: string): MetricKind => {
  if (name.endsWith('_bucket')) return 'bucket';
  return /_(total|count|sum)$/.test(name) ? 'counter' : 'gauge';
};

const valuesKept = 8;

/** From the label sets that /api/v1/series answers; sorted, so that the same recording gives the same queries. */
export const metricVocabulary = (series: readonly Readonly<Record<string, string>>[]): MetricVocabulary => {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const { __name__: name = '', ...labels } of series) {
    const known = found.get(name) ?? new Map<string, Set<string>>();
    found.set(name, known);
    for (const [label, value] of Object.entries(labels)) known.set(label, (known.get(label) ?? new Set()).add(value));
  }
  return [...found.entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, labels]) => ({
      name,
      kind: kindOf(name),
      labels: new Map(
        [...labels.entries()]
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .map(([label, values]) => [label, [...values].toSorted().slice(0, valuesKept)]),
      ),
    }));
};
