// label_replace and label_join: they change labels only, never values.
import type { Labels } from '../labels.ts';
import { labelValue, setLabel } from '../labels.ts';
import { executionError } from '../promql-error.ts';
import { compileRegex } from '../compile-regex.ts';
import { RegexRefused } from '../regex.ts';
import type { CallNode } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import { evaluateText, evaluateVector } from '../engine/context.ts';
import { mergeColumns } from '../engine/merge.ts';
import type { Value } from '../engine/value.ts';
import { vectorOf } from '../engine/value.ts';

const checkName = (name: string, which: string, call: string): void => {
  if (name === '' || !name.isWellFormed()) throw executionError(`invalid ${which} label name in ${call}(): ${name}`);
};

/** Go's templates: $1, ${1}, $name; $$ is a dollar; what was not captured is empty. */
const expand = (template: string, match: RegExpExecArray): string =>
  template.replaceAll(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (whole: string, dollar?: string, plain?: string, braced?: string) => {
    if (dollar !== undefined) return '$';
    const name = plain ?? braced ?? whole;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });

const compile = (pattern: string): RegExp => {
  try {
    return compileRegex(pattern);
  } catch (error) {
    if (error instanceof RegexRefused) throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
    throw error;
  }
};

const replaceLabels = (call: CallNode, context: Context): ((labels: Labels) => Labels) => {
  const [target, template, source, pattern] = call.arguments.slice(1).map((node) => evaluateText(node, context)) as [
    string,
    string,
    string,
    string,
  ];
  const regex = compile(pattern);
  checkName(target, 'destination', 'label_replace');
  return (labels) => {
    const match = regex.exec(labelValue(labels, source));
    return match === null ? labels : setLabel(labels, target, expand(template, match));
  };
};

const joinLabels = (call: CallNode, context: Context): ((labels: Labels) => Labels) => {
  const [target, separator, ...sources] = call.arguments.slice(1).map((node) => evaluateText(node, context)) as [
    string,
    string,
    ...string[],
  ];
  for (const source of sources) checkName(source, 'source', 'label_join');
  checkName(target, 'destination', 'label_join');
  return (labels) => setLabel(labels, target, sources.map((source) => labelValue(labels, source)).join(separator));
};

export const callLabelFunction = (call: CallNode, context: Context): Value => {
  const change = call.name === 'label_replace' ? replaceLabels(call, context) : joinLabels(call, context);
  const columns = evaluateVector(call.arguments[0]!, context);
  return vectorOf(mergeColumns(columns.map((column) => ({ ...column, labels: change(column.labels) }))));
};
