// A value as Go prints it (%v).
import { formatGeneralFloat } from '../../promql/float-text.ts';
import type { TemplateValue } from './template-data.ts';

const printMap = (entries: ReadonlyMap<string, TemplateValue>): string =>
  `map[${[...entries]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}:${printValue(value)}`)
    .join(' ')}]`;

export const printValue = (value: TemplateValue): string => {
  if (value === null) return '<no value>';
  if (typeof value === 'number') return formatGeneralFloat(value);
  if (typeof value !== 'object') return String(value);
  if (value.kind === 'map') return printMap(value.entries);
  if (value.kind === 'root') return `{${[...value.fields.values()].map(printValue).join(' ')}}`;
  if (value.kind === 'sample') return `{${printMap(value.labels.entries)} ${printValue(value.value)}}`;
  // A list of pointers, whose addresses mean nothing.
  return `[${value.items.map(printValue).join(' ')}]`;
};
