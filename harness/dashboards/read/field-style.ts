// Reads fieldConfig.custom. What only embellishes is known and left; what would change the meaning of a plot and is not drawn here is refused.
import type { FieldStyle } from '../field-config.ts';
import { present } from './json-node.ts';
import type { JsonNode } from './json-node.ts';

const ornaments = [
  'gradientMode axisColorMode axisWidth axisGridShow axisBorderShow barAlignment barWidthFactor barMaxWidth showValues',
  'inspect filterable minWidth wrapText wrapHeaderText footer tooltip',
];
const styleKeys = [
  'drawStyle lineInterpolation lineWidth lineStyle fillOpacity showPoints pointSize spanNulls insertNulls',
  'stacking thresholdsStyle axisPlacement axisLabel axisSoftMin axisSoftMax axisCenteredZero scaleDistribution',
  'hideFrom transform width align cellOptions hidden hideFromTable',
];

const spanNulls = (node: JsonNode, key: string): boolean | number | undefined =>
  typeof node.raw(key) === 'number' ? node.number(key) : node.flag(key);

const dash = (node: JsonNode | undefined): readonly number[] | undefined => {
  node?.only('fill', 'dash');
  const fill = node?.choice('fill', ['solid', 'dash', 'dot', 'square']);
  if (fill === undefined || fill === 'solid') return undefined;
  const lengths = node?.raw('dash');
  return Array.isArray(lengths) ? lengths.filter((length) => typeof length === 'number') : fill === 'dash' ? [10, 10] : [2, 6];
};

const stacking = (node: JsonNode | undefined): FieldStyle['stacking'] => {
  if (node === undefined) return undefined;
  node.only('mode', 'group');
  return { mode: node.choice('mode', ['none', 'normal', 'percent']) ?? 'none', group: node.text('group') ?? 'A' };
};

const scale = (node: JsonNode | undefined): FieldStyle['scale'] => {
  if (node === undefined) return undefined;
  node.only('type', 'log', 'linearThreshold');
  return { type: node.choice('type', ['linear', 'log']) ?? 'linear', base: node.number('log') ?? 2 };
};

const hideFrom = (node: JsonNode | undefined): FieldStyle['hideFrom'] => {
  if (node === undefined) return undefined;
  node.only('viz', 'legend', 'tooltip');
  return { viz: node.flag('viz') ?? false, legend: node.flag('legend') ?? false, tooltip: node.flag('tooltip') ?? false };
};

const thresholdsStyle = (node: JsonNode | undefined): FieldStyle['thresholdsStyle'] => {
  node?.only('mode');
  return node?.choice('mode', ['off', 'line', 'dashed', 'area', 'line+area', 'dashed+area']);
};

const cell = (node: JsonNode | undefined): FieldStyle['cell'] => {
  node?.only('type', 'mode', 'applyToRow', 'wrapText');
  if (node?.flag('applyToRow') === true) node.refuse('applyToRow', 'is not understood');
  return node?.choice('type', ['auto', 'color-text', 'color-background', 'json-view']);
};

export const readFieldStyle = (node: JsonNode): FieldStyle => {
  node.only(...styleKeys, ...ornaments);
  if (node.flag('axisCenteredZero') === true) node.refuse('axisCenteredZero', 'is not understood');
  if (node.has('insertNulls') && node.raw('insertNulls') !== false) node.refuse('insertNulls', 'is not understood');
  return present({
    drawStyle: node.choice('drawStyle', ['line', 'bars', 'points']),
    lineInterpolation: node.choice('lineInterpolation', ['linear', 'smooth', 'stepBefore', 'stepAfter']),
    lineWidth: node.number('lineWidth'),
    dash: dash(node.child('lineStyle')),
    fillOpacity: node.number('fillOpacity'),
    showPoints: node.choice('showPoints', ['auto', 'always', 'never']),
    pointSize: node.number('pointSize'),
    spanNulls: spanNulls(node, 'spanNulls'),
    stacking: stacking(node.child('stacking')),
    thresholdsStyle: thresholdsStyle(node.child('thresholdsStyle')),
    axisPlacement: node.choice('axisPlacement', ['auto', 'left', 'right', 'hidden']),
    axisLabel: node.text('axisLabel'),
    axisSoftMin: node.number('axisSoftMin'),
    axisSoftMax: node.number('axisSoftMax'),
    scale: scale(node.child('scaleDistribution')),
    hideFrom: hideFrom(node.child('hideFrom')),
    transform: node.choice('transform', ['constant', 'negative-Y']),
    widthPixels: node.number('width'),
    align: node.choice('align', ['auto', 'left', 'center', 'right']),
    cell: cell(node.child('cellOptions')),
    hidden: node.flag('hidden') ?? node.flag('hideFromTable'),
  });
};
