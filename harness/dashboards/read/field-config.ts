// Reads fieldConfig: the defaults, and each override as the same set of fields.
import { specialMatches } from '../field-config.ts';
import type { FieldColor, FieldConfig, FieldMatcher, FieldOverride, Mapping, MappingResult, Thresholds } from '../field-config.ts';
import { isUnit } from '../units/units.ts';
import { readFieldStyle } from './field-style.ts';
import { present } from './json-node.ts';
import type { JsonNode } from './json-node.ts';
import { readPanelLink } from './panel-link.ts';

const fieldKeys = ['unit', 'decimals', 'min', 'max', 'displayName', 'noValue', 'thresholds', 'mappings', 'color', 'links', 'custom'];
/** Without an effect on what is shown here. */
const idleKeys = ['description', 'filterable', 'writeable', 'path', 'fieldMinMax', 'displayNameFromDS'];

const readThresholds = (node: JsonNode): Thresholds => {
  node.only('mode', 'steps');
  const steps = node.children('steps').map((step) => {
    step.only('value', 'color', 'index', 'state');
    return { value: step.number('value') ?? null, color: step.text('color') ?? 'text' };
  });
  return { mode: node.choice('mode', ['absolute', 'percentage']) ?? 'absolute', steps };
};

const readResult = (node: JsonNode | undefined): MappingResult => {
  node?.only('text', 'color', 'index', 'icon');
  return present({ text: node?.text('text'), color: node?.text('color') });
};

const validPattern = (node: JsonNode, key: string): string => {
  const pattern = node.text(key) ?? '';
  try {
    return new RegExp(pattern).source;
  } catch (error) {
    node.refuse(key, `is no regular expression: ${(error as Error).message}`);
    return '(?!)';
  }
};

const readMapping = (node: JsonNode): readonly Mapping[] => {
  node.only('type', 'options');
  const type = node.choice('type', ['value', 'range', 'regex', 'special']);
  const options = node.child('options');
  if (type === undefined || options === undefined) return [];
  if (type === 'value') return [{ type, results: Object.fromEntries(options.keys.map((key) => [key, readResult(options.child(key))])) }];
  options.only('from', 'to', 'pattern', 'match', 'result');
  const result = readResult(options.child('result'));
  if (type === 'range') return [{ type, from: options.number('from') ?? null, to: options.number('to') ?? null, result }];
  if (type === 'regex') return [{ type, pattern: validPattern(options, 'pattern'), result }];
  return [{ type, match: options.choice('match', specialMatches) ?? 'null', result }];
};

const readColor = (node: JsonNode): FieldColor => {
  node.only('mode', 'fixedColor', 'seriesBy');
  const mode = node.choice('mode', ['thresholds', 'palette-classic', 'palette-classic-by-name', 'fixed', 'shades']) ?? 'palette-classic';
  return { mode, ...present({ fixedColor: node.text('fixedColor') }) };
};

const readUnit = (node: JsonNode): string | undefined => {
  const unit = node.text('unit');
  if (unit !== undefined && !isUnit(unit)) node.refuse('unit', `"${unit}" is no unit that is understood`);
  return unit;
};

export const readFieldConfig = (node: JsonNode): FieldConfig => {
  node.only(...fieldKeys, ...idleKeys);
  const [thresholds, color, custom] = [node.child('thresholds'), node.child('color'), node.child('custom')];
  return present({
    unit: readUnit(node),
    decimals: node.number('decimals'),
    min: node.number('min'),
    max: node.number('max'),
    displayName: node.text('displayName'),
    noValue: node.text('noValue'),
    thresholds: thresholds && readThresholds(thresholds),
    mappings: node.has('mappings') ? node.children('mappings').flatMap(readMapping) : undefined,
    color: color && readColor(color),
    links: node.has('links') ? node.children('links').map(readPanelLink) : undefined,
    style: custom && readFieldStyle(custom),
  });
};

const matchers: Readonly<Record<string, FieldMatcher['by']>> = {
  byName: 'name',
  byRegexp: 'regexp',
  byFrameRefID: 'refId',
  byType: 'type',
};

const readMatcher = (node: JsonNode | undefined): FieldMatcher => {
  node?.only('id', 'options', 'scope');
  const id = node?.text('id') ?? '';
  const by = matchers[id];
  if (by === undefined) node?.refuse('id', `"${id}" is no matcher that is understood (${Object.keys(matchers).join(', ')})`);
  return { by: by ?? 'name', wanted: (node && (by === 'regexp' ? validPattern(node, 'options') : node.text('options'))) ?? '' };
};

/** `custom.lineWidth` -> { custom: { lineWidth } }: an override's list of properties becomes the object that defaults are. */
const asObject = (properties: readonly JsonNode[]): Readonly<Record<string, unknown>> => {
  const fields: Record<string, unknown> = {};
  const custom: Record<string, unknown> = {};
  for (const property of properties) {
    property.only('id', 'value');
    const id = property.text('id') ?? '';
    if (id.startsWith('custom.')) custom[id.slice('custom.'.length)] = property.raw('value');
    else fields[id] = property.raw('value');
  }
  return { ...fields, custom };
};

export const readOverride = (node: JsonNode, over: (value: unknown, place: string) => JsonNode): FieldOverride => {
  node.only('matcher', 'properties', '__systemRef');
  const config = over(asObject(node.children('properties')), `${node.place}.properties`);
  return { matcher: readMatcher(node.child('matcher')), config: readFieldConfig(config) };
};
