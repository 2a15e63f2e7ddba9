// What must hold for one rule, as Prometheus checks it. Messages say the value; the caller knows the place.
import { parseExpression } from '../../promql/syntax/parse.ts';
import { PromqlError } from '../../promql/promql-error.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { TemplateError } from '../template/template-error.ts';
import type { TextMap } from '../rule.ts';

export type RuleFields = {
  readonly record: string;
  readonly alert: string;
  readonly expression: string;
  readonly forMs: number | null;
  readonly keepFiringForMs: number | null;
  readonly labels: TextMap;
  readonly annotations: TextMap;
};

export type RuleFinding = { readonly field: string; readonly message: string };

/** Any text is a name since Prometheus 3, but for the metric's own. */
export const isLabelName = (name: string): boolean => name !== '' && name !== '__name__';

const atZero = { startMs: 0, endMs: 0, stepMs: 0 };

const expressionProblem = (expression: string): string | null => {
  if (expression === '') return "field 'expr' must be set in rule";
  try {
    parseExpression(expression, atZero);
    return null;
  } catch (error) {
    if (error instanceof PromqlError) return `could not parse expression: ${error.message}`;
    throw error;
  }
};

const templateProblem = (text: string): string | null => {
  try {
    parseTemplate(text);
    return null;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
};

const recordingProblems = ({ record, forMs, keepFiringForMs, annotations }: RuleFields): RuleFinding[] => {
  const unfit = [
    ...(Object.keys(annotations).length > 0 ? ['annotations'] : []),
    ...((forMs ?? 0) > 0 ? ['for'] : []),
    ...((keepFiringForMs ?? 0) > 0 ? ['keep_firing_for'] : []),
  ];
  const braces = /[{}]/.test(record)
    ? [{ field: 'record', message: `braces in the name of a recording rule: ${record}; do they belong to expr?` }]
    : [];
  return [...unfit.map((field) => ({ field, message: `invalid field '${field}' in recording rule` })), ...braces];
};

const templateProblems = (kind: 'label' | 'annotation', field: string, texts: TextMap): RuleFinding[] =>
  Object.entries(texts).flatMap(([name, text]) => {
    const problem = templateProblem(text);
    return problem === null ? [] : [{ field, message: `${kind} ${JSON.stringify(name)}: ${problem}` }];
  });

export const checkRule = (rule: RuleFields): readonly RuleFinding[] => {
  const found: RuleFinding[] = [];
  if (rule.record !== '' && rule.alert !== '') found.push({ field: 'record', message: "only one of 'record' and 'alert' must be set" });
  if (rule.record === '' && rule.alert === '') found.push({ field: 'record', message: "one of 'record' or 'alert' must be set" });
  const problem = expressionProblem(rule.expression);
  if (problem !== null) found.push({ field: 'expr', message: problem });
  if (rule.record !== '') found.push(...recordingProblems(rule));
  for (const name of Object.keys(rule.labels)) {
    if (!isLabelName(name)) found.push({ field: 'labels', message: `invalid label name ${JSON.stringify(name)}` });
  }
  if (Object.keys(rule.annotations).includes('')) found.push({ field: 'annotations', message: 'invalid annotation name ""' });
  if (rule.alert === '') return found;
  return [
    ...found,
    ...templateProblems('label', 'labels', rule.labels),
    ...templateProblems('annotation', 'annotations', rule.annotations),
  ];
};
