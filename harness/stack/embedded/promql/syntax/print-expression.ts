// A query as Prometheus prints it: one line, its own spacing, matchers in order. Of a query whose durations are computed, or depend on its
// window, the tree has the numbers alone: there the text itself is given, on one line.
import { formatPlainFloat } from '../float-text.ts';
import { metricNameLabel } from '../labels.ts';
import type { Matcher } from '../matcher.ts';
import type { AggregationNode, BinaryNode, Node, SelectorNode, TimeShift } from './ast.ts';
import { parseOnce } from './parse-once.ts';

/** Years and weeks only where they leave no rest. */
const units: readonly (readonly [unit: string, milliseconds: number, whole: boolean])[] = [
  ['y', 31_536_000_000, true],
  ['w', 604_800_000, true],
  ['d', 86_400_000, false],
  ['h', 3_600_000, false],
  ['m', 60_000, false],
  ['s', 1_000, false],
  ['ms', 1, false],
];

export const printDuration = (milliseconds: number): string => {
  if (milliseconds === 0) return '0s';
  let [rest, text] = [Math.abs(milliseconds), ''];
  for (const [unit, size, whole] of units) {
    if (rest < size || (whole && rest % size !== 0)) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return milliseconds < 0 ? `-${text}` : text;
};

const name = (text: string): string => (/^[a-zA-Z_:][\w:]*$/.test(text) ? text : JSON.stringify(text));
const names = (texts: readonly string[]): string => texts.map(name).join(', ');

const shift = ({ atMs, offsetMs }: TimeShift): string =>
  `${atMs === null ? '' : ` @ ${(atMs / 1000).toFixed(3)}`}${offsetMs === 0 ? '' : ` offset ${printDuration(offsetMs)}`}`;

const matcher = (each: Matcher): string => `${name(each.name)}${each.operator}${JSON.stringify(each.value)}`;

const series = (node: SelectorNode): string => {
  const own = node.matchers.filter((each) => !(node.name !== '' && each.name === metricNameLabel && each.operator === '='));
  return `${node.name}${own.length === 0 ? '' : `{${own.map(matcher).toSorted().join(',')}}`}`;
};

const aggregation = ({ operator, without, grouping, parameter, expression }: AggregationNode, query: string): string => {
  const clause = without ? ` without (${names(grouping)}) ` : grouping.length > 0 ? ` by (${names(grouping)}) ` : '';
  return `${operator}${clause}(${parameter === null ? '' : `${print(parameter, query)}, `}${print(expression, query)})`;
};

const matching = ({ matching: { cardinality, on, labels, include } }: BinaryNode): string => {
  const side = cardinality === 'many-to-one' ? 'left' : cardinality === 'one-to-many' ? 'right' : null;
  const labelled = labels.length > 0 || on || side !== null ? ` ${on ? 'on' : 'ignoring'} (${names(labels)})` : '';
  return `${labelled}${side === null ? '' : ` group_${side} (${names(include)})`}`;
};

const print = (node: Node, query: string): string => {
  switch (node.kind) {
    case 'number':
      return /^(?:\d+(?:ms|[ywdhms]))+$/.test(query.slice(node.from, node.to))
        ? printDuration(node.value * 1000)
        : formatPlainFloat(node.value);
    case 'string':
      return JSON.stringify(node.value);
    case 'selector':
      return `${series(node)}${shift(node)}`;
    case 'range':
      return `${series(node.selector)}[${printDuration(node.rangeMs)}]${shift(node.selector)}`;
    case 'subquery':
      return `${print(node.expression, query)}[${printDuration(node.rangeMs)}:${node.stepMs === 0 ? '' : printDuration(node.stepMs)}]${shift(node)}`;
    case 'parentheses':
      return `(${print(node.expression, query)})`;
    case 'unary':
      return `${node.negates ? '-' : '+'}${print(node.expression, query)}`;
    case 'call':
      return `${node.name}(${node.arguments.map((each) => print(each, query)).join(', ')})`;
    case 'aggregation':
      return aggregation(node, query);
    case 'binary':
      return `${print(node.left, query)} ${node.operator}${node.returnsBool ? ' bool' : ''}${matching(node)} ${print(node.right, query)}`;
  }
};

const strings = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

const isComputed = (query: string): boolean => {
  const bare = query.replaceAll(strings, '""').replaceAll(/#.*/g, '');
  return /\b(?:start|end|step|range)\s*\(|\b(?:min|max)_of\s*\(|\[[^\]]*[-+*/%^(]|\boffset\s*[-+]?\s*(?:\(|\S+\s*[-+*/%^])/i.test(bare);
};

/** Spaces and line breaks outside of strings become one space each. */
const onOneLine = (query: string): string =>
  query.replaceAll(new RegExp(`(${strings.source})|#[^\\n]*|\\s+`, 'g'), (_, quoted?: string) => quoted ?? ' ').trim();

/** Throws a PromqlError for what is no query. */
export const printExpression = (query: string): string =>
  isComputed(query) ? onOneLine(query) : print(parseOnce(query, { startMs: 0, endMs: 0, stepMs: 0 }), query);
