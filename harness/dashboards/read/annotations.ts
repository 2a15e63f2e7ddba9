// Reads the annotations of a dashboard: queries whose answers are drawn over time. Grafana's own store of annotations (builtIn) does not exist here.
import type { Annotation } from '../dashboard.ts';
import { jsonNode, present } from './json-node.ts';
import type { JsonNode, Report } from './json-node.ts';
import { readDatasource, readTarget } from './target.ts';

const annotationKeys = [
  'name datasource enable hide iconColor expr target titleFormat textFormat tagKeys step useValueForTime',
  'filter type builtIn instant refId',
];

/** Older JSON has the query's fields in the annotation itself. */
const targetJson = (node: JsonNode): unknown => {
  const target = node.raw('target');
  if (typeof target === 'object' && target !== null && ('expr' in target || 'query' in target)) return { refId: 'Anno', ...target };
  return Object.fromEntries(
    Object.entries({ refId: 'Anno', expr: node.raw('expr'), interval: node.raw('step') }).filter(([, value]) => value !== undefined),
  );
};

const readFilter = (node: JsonNode): Annotation['panels'] => {
  const filter = node.child('filter');
  filter?.only('exclude', 'ids');
  const ids = filter?.raw('ids');
  if (filter === undefined || !Array.isArray(ids)) return undefined;
  return { ids: ids.filter((id) => typeof id === 'number'), exclude: filter.flag('exclude') ?? false };
};

const splitTags = (text: string): readonly string[] =>
  text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');

export const readAnnotation = (unnamed: JsonNode, dashboard: string, report: Report): readonly Annotation[] => {
  const name = unnamed.text('name') ?? '';
  const datasource = readDatasource(unnamed);
  if (unnamed.raw('builtIn') === 1 && datasource?.type === 'grafana') return [];
  const node = unnamed.named(`${dashboard} › annotation "${name}"`);
  node.only(...annotationKeys);
  const [target] = readTarget(jsonNode(targetJson(node), `${node.place}.target`, report), datasource);
  if (target === undefined) return [];
  return [
    {
      name,
      enabled: node.flag('enable') ?? true,
      hidden: node.flag('hide') ?? false,
      color: node.text('iconColor') ?? 'red',
      target,
      tagKeys: splitTags(node.text('tagKeys') ?? ''),
      useValueForTime: (node.raw('useValueForTime') ?? false) === true || node.raw('useValueForTime') === 'on',
      ...present({ titleFormat: node.text('titleFormat'), textFormat: node.text('textFormat'), panels: readFilter(node) }),
    },
  ];
};
