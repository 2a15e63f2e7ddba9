// Reads the transformations of a panel.
import type { Transformation } from '../panel.ts';
import { present } from './json-node.ts';
import type { JsonNode } from './json-node.ts';

const record = <Value>(
  node: JsonNode | undefined,
  read: (node: JsonNode, key: string) => Value | undefined,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    (node?.keys ?? []).flatMap((key) => {
      const value = node && read(node, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );

const organize = (node: JsonNode): Transformation => {
  node.only('excludeByName', 'renameByName', 'indexByName', 'includeByName', 'orderByMode');
  const excluded = record(node.child('excludeByName'), (excludes, key) => excludes.flag(key));
  return {
    id: 'organize',
    exclude: Object.keys(excluded).filter((name) => excluded[name] === true),
    rename: record(node.child('renameByName'), (names, key) => names.text(key)),
    order: record(node.child('indexByName'), (order, key) => order.number(key)),
  };
};

const sortBy = (node: JsonNode): Transformation => {
  node.only('sort', 'fields');
  const [first, ...more] = node.children('sort');
  if (more.length > 0) node.refuse('sort', 'by more than one field is not understood');
  first?.only('field', 'desc');
  return { id: 'sortBy', field: first?.text('field') ?? '', descending: first?.flag('desc') ?? false };
};

const filterFieldsByName = (node: JsonNode): Transformation => {
  node.only('include', 'byVariable');
  const include = node.child('include');
  include?.only('names', 'pattern');
  return { id: 'filterFieldsByName', names: include?.texts('names') ?? [], ...present({ pattern: include?.text('pattern') }) };
};

const readers: Readonly<Record<string, (options: JsonNode) => Transformation>> = {
  merge: () => ({ id: 'merge' }),
  labelsToFields: (options) => {
    options.only('mode');
    options.choice('mode', ['columns']);
    return { id: 'labelsToFields' };
  },
  organize,
  sortBy,
  filterFieldsByName,
};

export const readTransformation = (node: JsonNode): readonly Transformation[] => {
  node.only('id', 'options', 'disabled');
  if (node.flag('disabled') === true) return [];
  const id = node.text('id') ?? '';
  const reader = Object.hasOwn(readers, id) ? readers[id] : undefined;
  if (reader === undefined) node.refuse('id', `"${id}" is no transformation that is understood (${Object.keys(readers).join(', ')})`);
  const options = node.child('options');
  return reader === undefined || options === undefined ? [] : [reader(options)];
};
