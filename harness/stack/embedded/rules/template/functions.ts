// The functions that a template may call: Go's own and Prometheus'. What is not here is refused when the file is read.
import { parseFloatText } from '../../promql/float-text.ts';
import { parseDurationText } from '../../promql/syntax/number.ts';
import { areEqual, isLess } from './compare-values.ts';
import { goPrintf } from './go-printf.ts';
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp } from './humanize.ts';
import { printValue } from './print-value.ts';
import type { TemplateData, TemplateList, TemplateSample, TemplateValue } from './template-data.ts';
import { textMap } from './template-data.ts';
import { ExpansionFailed } from './template-error.ts';
import { graphLink, matchesAnywhere, queryEscape, replaceAll, stripDomain, stripPort, tableLink, titleCase } from './text-functions.ts';
import { isTrue, typeName } from './value-access.ts';

export type TemplateFunction = {
  readonly least: number;
  readonly most: number;
  readonly call: (values: readonly TemplateValue[], data: TemplateData) => TemplateValue;
};

const wrongType = (value: TemplateValue, wanted: string): never => {
  throw new ExpansionFailed(`wrong type for value; expected ${wanted}; got ${typeName(value)}`);
};

const toText = (value: TemplateValue): string => (typeof value === 'string' ? value : wrongType(value, 'string'));

const toSample = (value: TemplateValue): TemplateSample =>
  value !== null && typeof value === 'object' && value.kind === 'sample' ? value : wrongType(value, '*template.sample');

const toList = (value: TemplateValue): TemplateList =>
  value !== null && typeof value === 'object' && value.kind === 'list' ? value : wrongType(value, 'template.queryResult');

const toFloat = (value: TemplateValue): number => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  const parsed = typeof value === 'string' ? parseFloatText(value) : null;
  if (parsed === null) throw new ExpansionFailed(`can't convert ${printValue(value)} (${typeName(value)}) to float`);
  return parsed;
};

const fixed = (count: number, call: TemplateFunction['call']): TemplateFunction => ({ least: count, most: count, call });
const from = (least: number, call: TemplateFunction['call']): TemplateFunction => ({ least, most: Infinity, call });
const onText = (call: (...texts: string[]) => TemplateValue, count = 1): TemplateFunction =>
  fixed(count, (values) => call(...values.map(toText)));
const onNumber = (call: (value: number) => TemplateValue): TemplateFunction => fixed(1, ([value]) => call(toFloat(value!)));
const comparison = (call: (a: TemplateValue, b: TemplateValue) => boolean): TemplateFunction => fixed(2, ([a, b]) => call(a!, b!));

/** Go puts a space between two operands of which neither is text. */
const print = (values: readonly TemplateValue[]): string =>
  values
    .map((value, index) => {
      const spaced = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
      return `${spaced ? ' ' : ''}${value === null ? '<nil>' : printValue(value)}`;
    })
    .join('');

const lengthOf = (value: TemplateValue): bigint => {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (value !== null && typeof value === 'object' && value.kind === 'map') return BigInt(value.entries.size);
  return BigInt(toList(value).items.length);
};

const indexed = (value: TemplateValue, key: TemplateValue): TemplateValue => {
  if (value !== null && typeof value === 'object' && value.kind === 'map') return value.entries.get(toText(key)) ?? value.zero;
  const found = toList(value).items[typeof key === 'bigint' ? Number(key) : wrongType(key, 'int')];
  if (found === undefined) throw new ExpansionFailed(`index out of range: ${printValue(key)}`);
  return found;
};

const query = (expression: string, data: TemplateData): TemplateList => ({
  kind: 'list',
  items: data.query(expression).map(({ labels, value }) => ({ kind: 'sample', labels: textMap(labels), value })),
});

const first = (list: TemplateList): TemplateSample => {
  const [sample] = list.items;
  if (sample === undefined) throw new ExpansionFailed('first() called on vector with no elements');
  return sample;
};

const labelOf = (sample: TemplateSample, name: string): string => printValue(sample.labels.entries.get(name) ?? '');

const byLabel = (name: string, list: TemplateList): TemplateList => ({
  kind: 'list',
  items: list.items.toSorted((a, b) => (labelOf(a, name) < labelOf(b, name) ? -1 : labelOf(a, name) > labelOf(b, name) ? 1 : 0)),
});

const secondsOf = (text: string): number => {
  const seconds = text.startsWith('-') ? parseDurationText(text.slice(1)) : text === '0' ? 0 : parseDurationText(text);
  if (seconds === null) throw new ExpansionFailed(`not a valid duration string: ${JSON.stringify(text)}`);
  return text.startsWith('-') ? -seconds : seconds;
};

const timestamp = (value: number): string => {
  const text = humanizeTimestamp(value);
  if (text === null)
    throw new ExpansionFailed(`${printValue(value)} cannot be represented as a nanoseconds timestamp since it overflows int64`);
  return text;
};

const argumentsMap = (values: readonly TemplateValue[]): TemplateValue => ({
  kind: 'map',
  entries: new Map(values.map((value, index) => [`arg${index}`, value])),
  zero: null,
});

const go: Readonly<Record<string, TemplateFunction>> = {
  eq: from(2, ([a, ...others]) => others.some((other) => areEqual(a!, other))),
  ne: comparison((a, b) => !areEqual(a, b)),
  lt: comparison(isLess),
  le: comparison((a, b) => isLess(a, b) || areEqual(a, b)),
  gt: comparison((a, b) => isLess(b, a)),
  ge: comparison((a, b) => isLess(b, a) || areEqual(a, b)),
  not: fixed(1, ([value]) => !isTrue(value!)),
  len: fixed(1, ([value]) => lengthOf(value!)),
  index: from(1, ([value, ...keys]) => keys.reduce(indexed, value!)),
  print: from(0, print),
  println: from(0, (values) => `${values.map((value) => print([value])).join(' ')}\n`),
  printf: from(1, ([format, ...values]) => goPrintf(toText(format!), values)),
  urlquery: from(0, (values) => queryEscape(print(values))),
};

const prometheus: Readonly<Record<string, TemplateFunction>> = {
  query: fixed(1, ([expression], data) => query(toText(expression!), data)),
  first: fixed(1, ([list]) => first(toList(list!))),
  label: fixed(2, ([name, sample]) => labelOf(toSample(sample!), toText(name!))),
  value: fixed(1, ([sample]) => toSample(sample!).value),
  strvalue: fixed(1, ([sample]) => labelOf(toSample(sample!), '__value__')),
  sortByLabel: fixed(2, ([name, list]) => byLabel(toText(name!), toList(list!))),
  args: from(0, argumentsMap),
  humanize: onNumber(humanize),
  humanize1024: onNumber(humanize1024),
  humanizeDuration: onNumber(humanizeDuration),
  humanizePercentage: onNumber(humanizePercentage),
  humanizeTimestamp: onNumber(timestamp),
  parseDuration: onText(secondsOf),
  now: fixed(0, (_, data) => data.nowMs / 1000),
  reReplaceAll: onText(replaceAll, 3),
  match: onText(matchesAnywhere, 2),
  title: onText(titleCase),
  toUpper: onText((text) => text.toUpperCase()),
  toLower: onText((text) => text.toLowerCase()),
  safeHtml: onText((text) => text),
  stripPort: onText(stripPort),
  stripDomain: onText(stripDomain),
  graphLink: onText(graphLink),
  tableLink: onText(tableLink),
  urlQueryEscape: onText(queryEscape),
  externalURL: fixed(0, (_, data) => data.externalUrl),
  pathPrefix: fixed(0, (_, data) => (URL.canParse(data.externalUrl) ? new URL(data.externalUrl).pathname.replace(/\/$/, '') : '')),
};

const unless =
  (stops: (value: TemplateValue) => boolean) =>
  (given: readonly (() => TemplateValue)[]): TemplateValue => {
    if (given.length === 0) throw new ExpansionFailed('wrong number of args for and/or: want at least 1 got 0');
    let value: TemplateValue = null;
    for (const next of given) {
      value = next();
      if (stops(value)) return value;
    }
    return value;
  };

/** These look at their arguments only as far as they must. */
export const lazyFunctions: ReadonlyMap<string, (given: readonly (() => TemplateValue)[]) => TemplateValue> = new Map([
  ['and', unless((value) => !isTrue(value))],
  ['or', unless(isTrue)],
]);

const neverCalled: TemplateFunction = { least: 1, most: Infinity, call: () => null };

export const functions: ReadonlyMap<string, TemplateFunction> = new Map([
  ...Object.entries(go),
  ...Object.entries(prometheus),
  ...[...lazyFunctions.keys()].map((name) => [name, neverCalled] as const),
]);

/** What Prometheus has and this has not: values with methods, and what only its consoles need. */
export const unsupportedFunctions: ReadonlySet<string> = new Set(['toTime', 'toDuration', 'call', 'html', 'js', 'slice']);
