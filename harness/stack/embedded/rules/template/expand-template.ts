// Expands a template over an alert's data. An error becomes text in its place, as in Prometheus: an alert with a broken annotation still fires.
import { PromqlError } from '../../promql/promql-error.ts';
import { functions, lazyFunctions } from './functions.ts';
import { printValue } from './print-value.ts';
import { parseTemplate } from './parse-template.ts';
import type { TemplateData, TemplateValue } from './template-data.ts';
import { initialVariables } from './template-data.ts';
import { ExpansionFailed, TemplateError } from './template-error.ts';
import type { Command, ControlNode, Operand, Pipeline, TemplateNode } from './template-tree.ts';
import { fieldOf, isTrue, itemsOf } from './value-access.ts';

type Scope = { readonly data: TemplateData; readonly dot: TemplateValue; readonly variables: Map<string, TemplateValue>[] };

const frameOf = ({ variables }: Scope, name: string): Map<string, TemplateValue> => {
  const frame = variables.findLast((each) => each.has(name));
  if (frame === undefined) throw new ExpansionFailed(`undefined variable: ${name}`);
  return frame;
};

const valueOf = (operand: Operand, scope: Scope): TemplateValue => {
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'function') return callFunction(operand.name, [], scope);
  const { base, fields } = operand;
  const value = base === 'dot' ? scope.dot : 'variable' in base ? frameOf(scope, base.variable).get(base.variable)! : run(base, scope);
  return fields.reduce(fieldOf, value);
};

type Argument = () => TemplateValue;

const callFunction = (name: string, given: readonly Argument[], { data }: Scope): TemplateValue => {
  const lazy = lazyFunctions.get(name);
  if (lazy !== undefined) return lazy(given);
  const { least, most, call } = functions.get(name)!;
  if (given.length < least || given.length > most) {
    const wanted = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
    throw new ExpansionFailed(`wrong number of args for ${name}: want ${wanted} got ${given.length}`);
  }
  return call(
    given.map((argument) => argument()),
    data,
  );
};

const runCommand = ({ operands }: Command, piped: readonly Argument[], scope: Scope): TemplateValue => {
  const [first, ...rest] = operands as [Operand, ...Operand[]];
  const given = [...rest.map((operand) => (): TemplateValue => valueOf(operand, scope)), ...piped];
  if (first.kind === 'function') return callFunction(first.name, given, scope);
  if (given.length > 0) throw new ExpansionFailed("can't give argument to non-function");
  if (first.kind === 'literal' && first.value === null) throw new ExpansionFailed('nil is not a command');
  return valueOf(first, scope);
};

const run = ({ commands, variables, declares }: Pipeline, scope: Scope): TemplateValue => {
  let value: TemplateValue = null;
  commands.forEach((command, stage) => {
    const before = value;
    value = runCommand(command, stage === 0 ? [] : [() => before], scope);
  });
  for (const name of variables) (declares ? scope.variables.at(-1)! : frameOf(scope, name)).set(name, value);
  return value;
};

const inside = (scope: Scope, dot: TemplateValue): Scope => ({ ...scope, dot, variables: [...scope.variables, new Map()] });

const rangeOver = (node: ControlNode, scope: Scope): string => {
  const outer = inside(scope, scope.dot);
  const items = itemsOf(run({ ...node.pipeline, variables: [] }, outer));
  if (items.length === 0) return renderAll(node.otherwise, outer);
  return items
    .map(([key, value]) => {
      const each = inside(outer, value);
      const [first, second] = node.pipeline.variables;
      if (first !== undefined) each.variables.at(-1)!.set(first, second === undefined ? value : key);
      if (second !== undefined) each.variables.at(-1)!.set(second, value);
      return renderAll(node.body, each);
    })
    .join('');
};

const render = (node: TemplateNode, scope: Scope): string => {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'output') {
    const value = run(node.pipeline, scope);
    return node.pipeline.variables.length > 0 ? '' : printValue(value);
  }
  if (node.kind === 'range') return rangeOver(node, scope);
  const outer = inside(scope, scope.dot);
  const value = run(node.pipeline, outer);
  if (!isTrue(value)) return renderAll(node.otherwise, outer);
  return renderAll(node.body, node.kind === 'with' ? inside(outer, value) : inside(outer, scope.dot));
};

const renderAll = (nodes: readonly TemplateNode[], scope: Scope): string => nodes.map((node) => render(node, scope)).join('');

const parsed = new Map<string, readonly TemplateNode[]>();
const maxParsed = 10_000;

/** Rules have few templates and expand them every second. */
const parseOnce = (text: string): readonly TemplateNode[] => {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const nodes = parseTemplate(text);
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(text, nodes);
  return nodes;
};

export const expandTemplate = (text: string, data: TemplateData, alert: string): string => {
  if (!text.includes('{{')) return text;
  try {
    const variables = new Map(initialVariables(data));
    return renderAll(parseOnce(text), { data, dot: variables.get('$')!, variables: [variables] });
  } catch (error) {
    if (!(error instanceof ExpansionFailed || error instanceof TemplateError || error instanceof PromqlError)) throw error;
    return `<error expanding template: error executing template __alert_${alert}: ${error.message}>`;
  }
};
