// What a LogQL pipeline does to one entry: keep it, with the labels that it has by then, or drop it.
import { durationNanos } from '../../go-duration.ts';
import { labelName } from '../loki-record.ts';
import type { Labels } from '../loki-record.ts';
import { readBytes } from './parse-filters.ts';
import type { LabelFilter, Matcher, Stage } from './query.ts';

export const matches = (matcher: Matcher, labels: Labels): boolean => {
  const value = labels[matcher.name] ?? '';
  if (matcher.pattern !== null) return matcher.pattern.test(value) === (matcher.operator === '=~');
  return (value === matcher.value) === (matcher.operator === '=');
};

const numberOf = (text: string, unit: 'none' | 'duration' | 'bytes'): number | null => {
  if (unit === 'duration') return durationNanos(text);
  return unit === 'bytes' ? readBytes(text) : text.trim() === '' ? null : Number(text);
};

const compareNumber = (filter: LabelFilter & { kind: 'number' }, labels: Labels): boolean => {
  const text = labels[filter.name];
  const value = text === undefined ? null : numberOf(text, filter.unit);
  if (value === null || Number.isNaN(value)) return false;
  switch (filter.operator) {
    case '=':
      return value === filter.value;
    case '!=':
      return value !== filter.value;
    case '<':
      return value < filter.value;
    case '<=':
      return value <= filter.value;
    case '>':
      return value > filter.value;
    case '>=':
      return value >= filter.value;
  }
};

const passes = (filter: LabelFilter, labels: Labels): boolean => {
  switch (filter.kind) {
    case 'match':
      return matches(filter.matcher, labels);
    case 'number':
      return compareNumber(filter, labels);
    case 'and':
      return passes(filter.left, labels) && passes(filter.right, labels);
    case 'or':
      return passes(filter.left, labels) || passes(filter.right, labels);
  }
};

/** A label that is there already keeps its value: the extracted one gets `_extracted` behind its name, as in Loki. */
const extracted = (labels: Labels, found: Readonly<Record<string, string>>): Labels => {
  const all: Record<string, string> = { ...labels };
  for (const [name, value] of Object.entries(found)) all[name in labels ? `${name}_extracted` : name] = value;
  return all;
};

const flatten = (value: unknown, prefix: string, found: Record<string, string>): void => {
  if (value === null || Array.isArray(value)) return;
  if (typeof value !== 'object') {
    found[prefix] = typeof value === 'string' ? value : JSON.stringify(value);
    return;
  }
  for (const [key, inner] of Object.entries(value)) flatten(inner, labelName(prefix === '' ? key : `${prefix}_${key}`), found);
};

const parseJson = (line: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { __error__: 'JSONParserErr' };
    flatten(value, '', found);
    return found;
  } catch {
    // Not JSON: Loki keeps the line and says so in a label.
    return { __error__: 'JSONParserErr' };
  }
};

const parseLogfmt = (line: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const [, key = '', , quoted, bare] of line.matchAll(/([^\s="]+)(=("((?:[^"\\]|\\.)*)"|[^\s"]*))?/g)) {
    found[labelName(key)] = quoted === undefined ? '' : bare === undefined ? quoted : bare.replaceAll(/\\(.)/g, '$1');
  }
  return found;
};

/** The labels of the entry after all stages; null: it was filtered out. */
export const runPipeline = (stages: readonly Stage[], line: string, initial: Labels): Labels | null => {
  let labels = initial;
  for (const stage of stages) {
    if (stage.kind === 'line' && !stage.keeps(line)) return null;
    if (stage.kind === 'label' && !passes(stage.filter, labels)) return null;
    if (stage.kind === 'json') labels = extracted(labels, parseJson(line));
    if (stage.kind === 'logfmt') labels = extracted(labels, parseLogfmt(line));
  }
  return labels;
};
