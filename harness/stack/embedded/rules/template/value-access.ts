// What a template may do with a value: take a field, ask whether it is true, go through it.
import { ExpansionFailed } from './template-error.ts';
import type { TemplateValue } from './template-data.ts';

export const typeName = (value: TemplateValue): string => {
  switch (typeof value) {
    case 'number':
      return 'float64';
    case 'bigint':
      return 'int';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    default:
      if (value === null) return 'nil';
      return { sample: '*template.sample', list: 'template.queryResult', map: 'map[string]string', root: 'struct' }[value.kind];
  }
};

export const fieldOf = (value: TemplateValue, name: string): TemplateValue => {
  if (value === null) throw new ExpansionFailed(`nil data; no entry for key ${JSON.stringify(name)}`);
  if (typeof value === 'object') {
    if (value.kind === 'map') return value.entries.get(name) ?? value.zero;
    if (value.kind === 'root' && value.fields.has(name)) return value.fields.get(name)!;
    if (value.kind === 'sample' && name === 'Labels') return value.labels;
    if (value.kind === 'sample' && name === 'Value') return value.value;
  }
  throw new ExpansionFailed(`can't evaluate field ${name} in type ${typeName(value)}`);
};

/** Go's truth: not the zero value of its type, and not empty. */
export const isTrue = (value: TemplateValue): boolean => {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return false;
  if (typeof value !== 'object') return true;
  if (value.kind === 'map') return value.entries.size > 0;
  return value.kind !== 'list' || value.items.length > 0;
};

type Item = readonly [key: TemplateValue, value: TemplateValue];

/** Maps in the order of their keys. */
export const itemsOf = (value: TemplateValue): readonly Item[] => {
  if (value === null) return [];
  if (typeof value === 'bigint')
    return Array.from({ length: Math.max(0, Number(value)) }, (_, index): Item => [BigInt(index), BigInt(index)]);
  if (typeof value === 'object' && value.kind === 'list') return value.items.map((item, index): Item => [BigInt(index), item]);
  if (typeof value === 'object' && value.kind === 'map') return [...value.entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  throw new ExpansionFailed(`range can't iterate over a ${typeName(value)}`);
};
