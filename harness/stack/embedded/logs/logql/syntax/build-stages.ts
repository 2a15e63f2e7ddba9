// The stages of a pipeline, all but the line filters.
import type { SyntaxNode } from '@lezer/common';
import { compileLineRegex } from '../regex.ts';
import { parseLinePattern } from '../stages/line-pattern.ts';
import { parseTemplate } from '../template/template.ts';
import type { LabelFormat, NamedMatcher, Stage } from './ast.ts';
import { readLabelFilter } from './build-label-filter.ts';
import { readLineFilters } from './build-line-filter.ts';
import { nameOf, readMatcher, stringOf } from './build-matchers.ts';
import { parseJsonPath, parseLogfmtKey } from './extraction-path.ts';
import { childOf, children, readAt, refuse, refuseUnsupported, textOf } from './tree.ts';
import type { QueryText } from './tree.ts';

/** All nodes of this name in a list that the grammar nests. */
const listed = (node: SyntaxNode, list: string, item: string): readonly SyntaxNode[] =>
  children(node).flatMap((child) => (child.name === list ? listed(child, list, item) : child.name === item ? [child] : []));

const compileRegexp = (pattern: string): RegExp => {
  const compiled = compileLineRegex(pattern);
  const names = Object.keys(new RegExp(`${compiled.source}|`, compiled.flags).exec('')?.groups ?? {});
  if (names.length === 0) throw new Error('invalid regexp parser: at least one named capture must be supplied');
  return compiled;
};

const readParser = (query: QueryText, node: SyntaxNode): Stage => {
  const name = node.firstChild?.name;
  if (name === 'Json') return { kind: 'json' };
  if (name === 'Unpack') return { kind: 'unpack' };
  const literal = childOf(query, node, 'String');
  const text = stringOf(query, literal);
  if (name === 'Regexp') return { kind: 'regexp', pattern: readAt(query, literal, () => compileRegexp(text)) };
  return { kind: 'pattern', pattern: readAt(query, literal, () => parseLinePattern(text)) };
};

const flagsOf = (query: QueryText, node: SyntaxNode): readonly string[] => {
  const flags = node.getChild('LogfmtParserFlags');
  return flags === null ? [] : listed(flags, 'LogfmtParserFlags', 'ParserFlag').map((flag) => textOf(query, flag));
};

const readLogfmt = (query: QueryText, node: SyntaxNode): Stage => {
  const flags = flagsOf(query, node);
  return { kind: 'logfmt', strict: flags.includes('--strict'), keepEmpty: flags.includes('--keep-empty') };
};

type Extraction = { readonly name: string; readonly expression: string; readonly node: SyntaxNode };

const extractionsOf = (query: QueryText, node: SyntaxNode): readonly Extraction[] => {
  const list = childOf(query, node, 'LabelExtractionExpressionList');
  return listed(list, 'LabelExtractionExpressionList', 'LabelExtractionExpression').map((item) => {
    const literal = item.getChild('String');
    const name = nameOf(query, item);
    return { name, expression: literal === null ? name : stringOf(query, literal), node: literal ?? item };
  });
};

const readJsonPaths = (query: QueryText, node: SyntaxNode): Stage => ({
  kind: 'json-paths',
  paths: extractionsOf(query, node).map(({ name, expression, node: at }) => ({
    name,
    path: readAt(query, at, () => parseJsonPath(expression)),
  })),
});

const readLogfmtKeys = (query: QueryText, node: SyntaxNode): Stage => ({
  kind: 'logfmt-keys',
  strict: flagsOf(query, node).includes('--strict'),
  keys: extractionsOf(query, node).map(({ name, expression, node: at }) => ({
    name,
    key: readAt(query, at, () => parseLogfmtKey(expression)),
  })),
});

const readFormat = (query: QueryText, node: SyntaxNode): LabelFormat => {
  const name = nameOf(query, node);
  const literal = node.getChild('String');
  if (name === '__error__') refuse(query, node, `${name} cannot be formatted`);
  if (literal !== null) return { kind: 'template', name, template: readAt(query, literal, () => parseTemplate(stringOf(query, literal))) };
  const [, from] = node.getChildren('Identifier');
  return { kind: 'rename', name, from: textOf(query, from ?? refuse(query, node, 'a label format without a source')) };
};

const readLabelFormats = (query: QueryText, node: SyntaxNode): Stage => {
  const items = listed(childOf(query, node, 'LabelsFormat'), 'LabelsFormat', 'LabelFormatMatcher');
  const formats = items.map((item) => readFormat(query, item));
  const twice = formats.findIndex(({ name }, index) => formats.slice(0, index).some((other) => other.name === name));
  if (twice >= 0) refuse(query, items[twice]!, `multiple label name '${formats[twice]!.name}' not allowed in a single format operation`);
  return { kind: 'label-format', formats };
};

const readNamed = (query: QueryText, node: SyntaxNode, list: string, item: string): readonly NamedMatcher[] =>
  listed(childOf(query, node, list), list, item).map((one) => {
    const matcher = one.getChild('Matcher');
    if (matcher === null) return { name: nameOf(query, one), matcher: null };
    const read = readMatcher(query, matcher);
    return { name: read.name, matcher: read };
  });

const readLineFormat = (query: QueryText, node: SyntaxNode): Stage => {
  const literal = childOf(query, node, 'String');
  return { kind: 'line-format', template: readAt(query, literal, () => parseTemplate(stringOf(query, literal))) };
};

const readers: Readonly<Record<string, (query: QueryText, node: SyntaxNode) => Stage>> = {
  LabelFilter: (query, node) => ({ kind: 'label', filter: readLabelFilter(query, node) }),
  LabelParser: readParser,
  JsonExpressionParser: readJsonPaths,
  LogfmtParser: readLogfmt,
  LogfmtExpressionParser: readLogfmtKeys,
  LineFormatExpr: readLineFormat,
  LabelFormatExpr: readLabelFormats,
  DecolorizeExpr: () => ({ kind: 'decolorize' }),
  DropLabelsExpr: (query, node) => ({ kind: 'drop', labels: readNamed(query, node, 'DropLabels', 'DropLabel') }),
  KeepLabelsExpr: (query, node) => ({ kind: 'keep', labels: readNamed(query, node, 'KeepLabels', 'KeepLabel') }),
};

const readStage = (query: QueryText, node: SyntaxNode): readonly Stage[] => {
  const [stage] = children(node).filter(({ name }) => name !== 'Pipe');
  if (stage === undefined) return refuse(query, node, 'an empty stage');
  if (stage.name === 'LineFilters') return readLineFilters(query, stage);
  return [(readers[stage.name] ?? refuseUnsupported(query, stage))(query, stage)];
};

export const readPipeline = (query: QueryText, node: SyntaxNode): readonly Stage[] =>
  children(node).flatMap((child) => {
    if (child.name === 'PipelineExpr') return readPipeline(query, child);
    return child.name === 'PipelineStage' ? readStage(query, child) : refuseUnsupported(query, child);
  });
