// Reads the options of each type of panel. A type that is not here is refused by name.
import type { LegendOptions, PanelView, ReduceOptions } from '../panel.ts';
import { isReducer, reducerNames } from '../reduce.ts';
import { present } from './json-node.ts';
import type { JsonNode } from './json-node.ts';

const checkedCalcs = (node: JsonNode, key: string): readonly string[] => {
  const calcs = node.texts(key);
  for (const calc of calcs)
    if (!isReducer(calc)) node.refuse(key, `"${calc}" is no calculation that is understood (${reducerNames.join(', ')})`);
  return calcs.filter(isReducer);
};

const readReduce = (node: JsonNode | undefined): ReduceOptions => {
  node?.only('calcs', 'values', 'fields', 'limit');
  if (node?.flag('values') === true) node.refuse('values', 'is not understood: only calculated values are shown');
  const calcs = node === undefined ? [] : checkedCalcs(node, 'calcs');
  return {
    calcs: calcs.length === 0 ? ['lastNotNull'] : calcs,
    values: false,
    fields: node?.text('fields') ?? '',
    ...present({ limit: node?.number('limit') }),
  };
};

const readLegend = (node: JsonNode | undefined): LegendOptions => {
  node?.only(
    'displayMode',
    'placement',
    'showLegend',
    'calcs',
    'sortBy',
    'sortDesc',
    'width',
    'asTable',
    'isVisible',
    'limit',
    'enableFacetedFilter',
  );
  const mode = node?.choice('displayMode', ['list', 'table', 'hidden']) ?? 'list';
  return {
    mode: node?.flag('showLegend') === false ? 'hidden' : mode,
    placement: node?.choice('placement', ['bottom', 'right']) ?? 'bottom',
    calcs: node === undefined ? [] : checkedCalcs(node, 'calcs'),
    ...present({ sortBy: node?.text('sortBy'), sortDescending: node?.flag('sortDesc') }),
  };
};

const timeseries = (node: JsonNode): PanelView => {
  node.only('legend', 'tooltip', 'timezone', 'orientation', 'annotations', 'timeCompare');
  const tooltip = node.child('tooltip');
  tooltip?.only('mode', 'sort', 'maxWidth', 'maxHeight', 'hideZeros');
  return {
    type: 'timeseries',
    legend: readLegend(node.child('legend')),
    tooltip: {
      mode: tooltip?.choice('mode', ['single', 'multi', 'none']) ?? 'single',
      sort: tooltip?.choice('sort', ['asc', 'desc', 'none']) ?? 'none',
    },
  };
};

const stat = (node: JsonNode): PanelView => {
  node.only(
    'reduceOptions',
    'graphMode',
    'colorMode',
    'textMode',
    'justifyMode',
    'orientation',
    'wideLayout',
    'showPercentChange',
    'percentChangeColorMode',
    'text',
  );
  if (node.flag('showPercentChange') === true) node.refuse('showPercentChange', 'is not understood');
  return {
    type: 'stat',
    reduce: readReduce(node.child('reduceOptions')),
    graph: node.choice('graphMode', ['none', 'area', 'line']) ?? 'area',
    color: node.choice('colorMode', ['none', 'value', 'background', 'background_solid']) ?? 'value',
    text: node.choice('textMode', ['auto', 'value', 'value_and_name', 'name', 'none']) ?? 'auto',
  };
};

const gaugeLooks = [
  'orientation',
  'sizing',
  'minVizWidth',
  'minVizHeight',
  'text',
  'barShape',
  'barWidthFactor',
  'effects',
  'endpointMarker',
  'segmentCount',
  'segmentSpacing',
  'shape',
  'sparkline',
  'neutral',
  'textMode',
  'legend',
];

const gauge = (node: JsonNode): PanelView => {
  node.only('reduceOptions', 'showThresholdLabels', 'showThresholdMarkers', ...gaugeLooks);
  return {
    type: 'gauge',
    reduce: readReduce(node.child('reduceOptions')),
    showThresholdLabels: node.flag('showThresholdLabels') ?? false,
    showThresholdMarkers: node.flag('showThresholdMarkers') ?? true,
  };
};

const bargauge = (node: JsonNode): PanelView => {
  node.only('reduceOptions', 'displayMode', 'valueMode', 'namePlacement', 'showUnfilled', 'maxVizHeight', ...gaugeLooks);
  return { type: 'bargauge', reduce: readReduce(node.child('reduceOptions')) };
};

const table = (node: JsonNode): PanelView => {
  node.only(
    'showHeader',
    'sortBy',
    'footer',
    'cellHeight',
    'frameIndex',
    'showTypeIcons',
    'enablePagination',
    'frozenColumns',
    'maxRowHeight',
    'disableKeyboardEvents',
  );
  const footer = node.child('footer');
  if (footer?.flag('show') === true) footer.refuse('show', 'is not understood: tables have no footer here');
  const sortBy = node.children('sortBy').map((field) => {
    field.only('displayName', 'desc');
    return { field: field.text('displayName') ?? '', descending: field.flag('desc') ?? false };
  });
  return { type: 'table', showHeader: node.flag('showHeader') ?? true, sortBy };
};

const logsLooks = [
  'showCommonLabels',
  'showLogContextToggle',
  'prettifyLogMessage',
  'enableLogDetails',
  'enableInfiniteScrolling',
  'showControls',
  'showFieldSelector',
  'syntaxHighlighting',
  'fontSize',
  'detailsMode',
  'dedupStrategy',
  'timestampResolution',
  'unwrappedColumns',
  'showLogAttributes',
];

const logs = (node: JsonNode): PanelView => {
  node.only('showTime', 'showLabels', 'wrapLogMessage', 'sortOrder', ...logsLooks);
  if (node.has('dedupStrategy') && node.raw('dedupStrategy') !== 'none')
    node.refuse('dedupStrategy', 'is not understood: each line is shown');
  return {
    type: 'logs',
    showTime: node.flag('showTime') ?? true,
    showLabels: node.flag('showLabels') ?? false,
    wrap: node.flag('wrapLogMessage') ?? true,
    newestFirst: node.choice('sortOrder', ['Descending', 'Ascending']) !== 'Ascending',
  };
};

const text = (node: JsonNode): PanelView => {
  node.only('mode', 'content', 'code');
  return { type: 'text', mode: node.choice('mode', ['markdown', 'html', 'code']) ?? 'markdown', content: node.text('content') ?? '' };
};

const readers: Readonly<Record<string, (node: JsonNode) => PanelView>> = { timeseries, stat, gauge, bargauge, table, logs, text };

export const readView = (panel: JsonNode, options: JsonNode): PanelView | undefined => {
  const type = panel.text('type') ?? '';
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader === undefined)
    panel.refuse('type', `"${type}" is no type of panel that is understood (${Object.keys(readers).join(', ')}, row)`);
  return reader?.(options);
};
