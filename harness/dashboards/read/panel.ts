// Reads one panel.
import type { FieldConfig } from '../field-config.ts';
import type { GridPosition, Panel } from '../panel.ts';
import { readFieldConfig, readOverride } from './field-config.ts';
import { jsonNode, present } from './json-node.ts';
import type { JsonNode, Report } from './json-node.ts';
import { readView } from './options.ts';
import { readPanelLink } from './panel-link.ts';
import { readDatasource, readTarget } from './target.ts';
import { readTransformation } from './transformations.ts';

const panelKeys = [
  'type id title description gridPos targets datasource links options fieldConfig transformations',
  'maxDataPoints interval transparent pluginVersion cacheTimeout queryCachingTTL repeatDirection',
];

export const readPosition = (node: JsonNode): GridPosition => {
  const grid = node.child('gridPos');
  grid?.only('x', 'y', 'w', 'h', 'static');
  if (grid === undefined) node.refuse('gridPos', 'is missing');
  return { x: grid?.number('x') ?? 0, y: grid?.number('y') ?? 0, width: grid?.number('w') ?? 24, height: grid?.number('h') ?? 1 };
};

export const panelPlace = (dashboard: string, node: JsonNode): string =>
  `${dashboard} › panel ${node.number('id') ?? '?'} "${node.text('title') ?? ''}"`;

const readFields = (node: JsonNode, report: Report): Pick<Panel, 'defaults' | 'overrides'> => {
  const config = node.child('fieldConfig');
  config?.only('defaults', 'overrides');
  const defaults = config?.child('defaults');
  const empty: FieldConfig = {};
  return {
    defaults: defaults === undefined ? empty : readFieldConfig(defaults),
    overrides: (config?.children('overrides') ?? []).map((override) =>
      readOverride(override, (value, place) => jsonNode(value, place, report)),
    ),
  };
};

export const readPanel = (unnamed: JsonNode, dashboard: string, report: Report): readonly Panel[] => {
  const node = unnamed.named(panelPlace(dashboard, unnamed));
  node.only(...panelKeys);
  const options = node.child('options') ?? jsonNode({}, `${node.place} › options`, report);
  const view = readView(node, options);
  const datasource = readDatasource(node);
  if (view === undefined) return [];
  return [
    {
      id: node.number('id') ?? 0,
      title: node.text('title') ?? '',
      description: node.text('description') ?? '',
      position: readPosition(node),
      view,
      targets: node.children('targets').flatMap((target) => readTarget(target, datasource)),
      links: node.children('links').map(readPanelLink),
      ...readFields(node, report),
      transformations: node.children('transformations').flatMap(readTransformation),
      ...present({ maxDataPoints: node.number('maxDataPoints'), interval: node.text('interval') }),
    },
  ];
};
