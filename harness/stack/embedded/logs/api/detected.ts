// detected_labels and detected_fields, as Grafana's log views ask for them.
import type { Parameters } from '../../prometheus-api/parameters.ts';
import { findLines } from '../logql/log-lines.ts';
import type { LogLine } from '../logql/log-lines.ts';
import { noHints } from '../logql/stages/hints.ts';
import { createLabelsBuilder } from '../logql/stages/labels-builder.ts';
import type { LabelsBuilder } from '../logql/stages/labels-builder.ts';
import { parseJson } from '../logql/stages/parse-json.ts';
import { parseLogfmt } from '../logql/stages/parse-logfmt.ts';
import { parseLogQuery, parseSelector } from '../logql/syntax/parse.ts';
import { newTurn, nowNano } from './context.ts';
import type { LokiContext } from './context.ts';
import { fieldType } from './field-type.ts';
import { streamsIn } from './label-queries.ts';
import { countOf, lineLimit, rangeOf } from './parameters.ts';

const identifier = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const alwaysLabels = new Set(['cluster', 'namespace', 'instance', 'pod']);

const isIdentifier = (value: string): boolean => identifier.test(value) || /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value);

/** A label whose values are all numbers or UUIDs says nothing to a reader; 0 and 1 alone may. */
const isWorthIt = (values: ReadonlySet<string>): boolean => {
  if (values.size <= 2 && [...values].every((value) => value === '0' || value === '1')) return true;
  return ![...values].every(isIdentifier);
};

export const detectedLabels = (parameters: Parameters, context: LokiContext): unknown => {
  const query = parameters.first('query');
  rangeOf(parameters, nowNano(context));
  const values = new Map<string, Set<string>>();
  for (const { labels } of streamsIn(parameters, query === '' ? [] : [parseSelector(query)], context)) {
    for (const [name, value] of labels) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const found = [...values].filter(([name, known]) => alwaysLabels.has(name) || isWorthIt(known));
  return { detectedLabels: found.map(([label, known]) => ({ label, cardinality: known.size })) };
};

type Field = { type: string; readonly values: Set<string>; readonly parsers: Set<string> };
type Found = readonly (readonly [name: string, value: string, parser: string | null])[];

const parsers = [
  ['json', parseJson],
  ['logfmt', (builder: LabelsBuilder, line: string) => parseLogfmt(builder, line, false, false)],
] as const;

/** What the line would give to a parser, json before logfmt, beside what it has already. */
const parseLine = ({ labels, line }: LogLine): Found => {
  for (const [parser, parse] of parsers) {
    const builder = createLabelsBuilder(noHints());
    builder.start(new Map(labels.stream), []);
    parse(builder, line);
    if (builder.error === '') return builder.kinds().parsed.map(([name, value]) => [name, value, parser]);
  }
  return [];
};

const fieldsOf = (line: LogLine): Found => {
  const own = [...line.labels.metadata, ...line.labels.parsed.filter(([name]) => !name.startsWith('__'))];
  return [...own.map(([name, value]) => [name, value, null] as const), ...parseLine(line)];
};

const linesFor = async (parameters: Parameters, context: LokiContext): Promise<readonly LogLine[]> => {
  const query = parseLogQuery(parameters.first('query'));
  const bounds = rangeOf(parameters, nowNano(context));
  const limit = lineLimit(parameters, 'line_limit');
  return findLines(query, context.logs, { ...bounds, direction: 'backward', limit, intervalNano: 0n }, newTurn(context));
};

const fieldLimit = (parameters: Parameters): number =>
  countOf(parameters, parameters.first('limit') === '' ? 'field_limit' : 'limit', 1_000);

export const detectedFields = async (parameters: Parameters, context: LokiContext): Promise<unknown> => {
  const limit = fieldLimit(parameters);
  const fields = new Map<string, Field>();
  for (const line of await linesFor(parameters, context)) {
    for (const [name, value, parser] of fieldsOf(line)) {
      const field = fields.get(name) ?? { type: fieldType(value), values: new Set(), parsers: new Set() };
      if (!fields.has(name) && fields.size >= limit) continue;
      fields.set(name, field);
      field.values.add(value);
      if (parser !== null) field.parsers.add(parser);
    }
  }
  const found = [...fields].map(([label, { type, values, parsers: by }]) => ({
    label,
    type,
    cardinality: values.size,
    parsers: by.size === 0 ? null : [...by],
  }));
  return found.length === 0 ? { fields: [] } : { fields: found, limit };
};

export const detectedFieldValues = async (parameters: Parameters, name: string, context: LokiContext): Promise<unknown> => {
  const limit = fieldLimit(parameters);
  const values = new Set<string>();
  for (const line of await linesFor(parameters, context)) {
    for (const [field, value] of fieldsOf(line)) if (field === name && values.size < limit) values.add(value);
  }
  return values.size === 0 ? {} : { values: [...values].sort(), limit };
};
