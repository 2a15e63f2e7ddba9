// OTLP's attributes -> Prometheus' labels: names made valid, colliding ones joined with a semicolon.
import type { Labels } from '../promql/labels.ts';
import { labelsFromEntries } from '../promql/labels.ts';
import type { OtlpAttribute } from '../otlp-metric-types.ts';
import { valueToText } from './otlp-number.ts';

/** null for a name that has nothing but underscores. */
export const labelName = (attribute: string): string | null => {
  const replaced = attribute.replaceAll(/[^A-Za-z0-9]/gu, '_');
  if (/^_*$/.test(replaced)) return null;
  if (/^\d/.test(replaced)) return `key_${replaced}`;
  return /^_(?!_)/.test(replaced) ? `key${replaced}` : replaced;
};

export type LabelMap = Map<string, string>;

/** Throws nothing: attributes without a usable name are left out. */
export const attributeLabels = (attributes: readonly OtlpAttribute[], ignored: ReadonlySet<string>): LabelMap => {
  const labels: LabelMap = new Map();
  const sorted = attributes.filter(({ key }) => !ignored.has(key)).toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  for (const { key, value } of sorted) {
    const name = labelName(key);
    if (name === null) continue;
    const text = valueToText(value);
    const before = labels.get(name) ?? '';
    labels.set(name, before === '' ? text : `${before};${text}`);
  }
  return labels;
};

export const toLabels = (labels: LabelMap, name: string, extra: readonly (readonly [string, string])[] = []): Labels =>
  labelsFromEntries(new Map([...labels, ...extra, ['__name__', name]]));
