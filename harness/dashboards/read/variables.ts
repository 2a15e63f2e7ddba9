// Reads the variables of a dashboard.
import { datasourceKinds } from '../target.ts';
import type { Variable, VariableOption, VariableSource } from '../variable.ts';
import { present } from './json-node.ts';
import type { JsonNode } from './json-node.ts';
import { readLabelValues } from './label-values.ts';
import { readDatasource } from './target.ts';

const variableKeys = [
  'name label description type hide query datasource current options multi includeAll allValue',
  'regex sort refresh auto auto_count auto_min definition skipUrlSync allowCustomValue id queryValue',
];

/** "a, b : 2" -> a, and b with the value 2; a comma behind a backslash belongs to the value. */
export const customOptions = (query: string): readonly VariableOption[] =>
  [...query.matchAll(/(?:\\,|[^,])+/g)].map(([part]) => {
    const item = part.trim().replaceAll('\\,', ',');
    const [, text, value] = /^(.+?)\s:\s(.+)$/.exec(item) ?? [];
    return text === undefined || value === undefined ? { text: item, value: item } : { text: text.trim(), value: value.trim() };
  });

const currentValues = (node: JsonNode): readonly string[] => {
  const current = node.child('current');
  const value = current?.raw('value');
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string' && item !== '');
};

const querySource = (node: JsonNode): VariableSource | undefined => {
  const datasource = readDatasource(node);
  const kind = datasourceKinds.find((name) => name === datasource?.type);
  if (kind === undefined || kind === 'tempo') {
    node.refuse('datasource', `is of type "${datasource?.type ?? ''}", must be prometheus or loki`);
    return undefined;
  }
  const query = readLabelValues(node, { datasource: kind, datasourceUid: datasource?.uid ?? '' });
  return (
    query && {
      type: 'query',
      query,
      regex: node.text('regex') ?? '',
      sort: node.number('sort') ?? 0,
      refreshOnTimeRange: node.raw('refresh') === 2,
    }
  );
};

const intervalSource = (node: JsonNode): VariableSource => {
  const options = customOptions(node.text('query') ?? '');
  if (node.flag('auto') !== true) return { type: 'interval', options };
  return { type: 'interval', options, auto: { steps: node.number('auto_count') ?? 30, leastText: node.text('auto_min') ?? '10s' } };
};

const readSource = (node: JsonNode): VariableSource | undefined => {
  const type = node.choice('type', ['query', 'custom', 'constant', 'textbox', 'interval']);
  if (type === 'query') return querySource(node);
  const query = node.text('query') ?? '';
  if (type === 'custom') return { type, options: customOptions(query) };
  if (type === 'interval') return intervalSource(node);
  return type && { type, value: query };
};

export const readVariable = (unnamed: JsonNode, dashboard: string): readonly Variable[] => {
  const name = unnamed.text('name') ?? '';
  const node = unnamed.named(`${dashboard} › variable ${name}`);
  node.only(...variableKeys);
  const source = readSource(node);
  if (!/^\w+$/.test(name)) node.refuse('name', `"${name}" is no name of a variable`);
  if (source === undefined) return [];
  const allValue = node.text('allValue');
  return [
    {
      name,
      label: node.text('label') ?? name,
      description: node.text('description') ?? '',
      hidden: node.number('hide') === 2 || (source.type === 'constant' && !node.has('hide')),
      source,
      multi: node.flag('multi') ?? false,
      includeAll: node.flag('includeAll') ?? false,
      current: currentValues(node),
      ...present({ allValue: allValue === '' ? undefined : allValue }),
    },
  ];
};
