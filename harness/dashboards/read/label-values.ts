// Reads the one form of variable query that is understood: label_values, as text or as the objects that Grafana's editors write.
import type { LabelValuesQuery } from '../variable.ts';
import { present } from './json-node.ts';
import type { JsonNode } from './json-node.ts';

type Where = Pick<LabelValuesQuery, 'datasource' | 'datasourceUid'>;

const form = /^\s*label_values\(\s*(?:([\s\S]+?)\s*,\s*)?([a-zA-Z_$][\w${}.-]*)\s*\)\s*$/;

const fromText = (node: JsonNode, key: string, text: string, where: Where): LabelValuesQuery | undefined => {
  const [, selector, label] = form.exec(text) ?? [];
  if (label === undefined) {
    node.refuse(key, `"${text}" is no query of a variable that is understood; write label_values(selector, label)`);
    return undefined;
  }
  return { ...where, label, ...present({ selector }) };
};

/** Loki's editor writes { type: 1, label, stream }: 1 is label values. */
const fromLokiObject = (query: JsonNode, where: Where): LabelValuesQuery | undefined => {
  const label = query.text('label') ?? '';
  const selector = query.text('stream');
  if (query.number('type') === 1 && label !== '')
    return { ...where, label, ...present({ selector: selector === '' ? undefined : selector }) };
  query.refuse('type', 'is no query of a variable that is understood; write label_values(selector, label)');
  return undefined;
};

export const readLabelValues = (node: JsonNode, where: Where): LabelValuesQuery | undefined => {
  if (typeof node.raw('query') === 'string') return fromText(node, 'query', node.text('query') ?? '', where);
  const query = node.child('query');
  if (query === undefined) return fromText(node, 'query', '', where);
  query.only('query', 'refId', 'qryType', 'label', 'stream', 'type', 'metric', 'labelFilters');
  return typeof query.raw('query') === 'string' ? fromText(query, 'query', query.text('query') ?? '', where) : fromLokiObject(query, where);
};
