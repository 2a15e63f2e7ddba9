// Type checking with Prometheus' own messages: what each form takes, and what may be combined.
import type { AggregationNode, BinaryNode, CallNode, Node, ValueType } from './ast.ts';
import { isComparison, isSetOperator } from './ast.ts';
import { signatures } from './signatures.ts';
import type { Source } from './source.ts';

const documented: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

export const documentedType = (type: ValueType): string => documented[type];

export const typeOf = (node: Node): ValueType => {
  switch (node.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregation':
      return 'vector';
    case 'range':
    case 'subquery':
      return 'matrix';
    case 'parentheses':
    case 'unary':
      return typeOf(node.expression);
    case 'call':
      return signatures.get(node.name)!.gives;
    case 'binary':
      return typeOf(node.left) === 'scalar' && typeOf(node.right) === 'scalar' ? 'scalar' : 'vector';
  }
};

const expectType = (source: Source, node: Node, expected: ValueType, context: string): void => {
  checkTypes(source, node);
  const actual = typeOf(node);
  if (actual !== expected) source.fail(node, `expected type ${documented[expected]} in ${context}, got ${documented[actual]}`);
};

const checkArgumentCount = (source: Source, node: CallNode): void => {
  const { takes, variadic } = signatures.get(node.name)!;
  const given = node.arguments.length;
  if (variadic === 0 && given !== takes.length) {
    source.fail(node, `expected ${takes.length} argument(s) in call to "${node.name}", got ${given}`);
  }
  const least = takes.length - 1;
  if (variadic !== 0 && given < least) source.fail(node, `expected at least ${least} argument(s) in call to "${node.name}", got ${given}`);
  if (variadic > 0 && given > least + variadic) {
    source.fail(node, `expected at most ${least + variadic} argument(s) in call to "${node.name}", got ${given}`);
  }
};

const checkCall = (source: Source, node: CallNode): void => {
  checkArgumentCount(source, node);
  const { takes } = signatures.get(node.name)!;
  node.arguments.forEach((argument, index) => {
    expectType(source, argument, takes[Math.min(index, takes.length - 1)]!, `call to function "${node.name}"`);
  });
};

const checkAggregation = (source: Source, node: AggregationNode): void => {
  expectType(source, node.expression, 'vector', 'aggregation expression');
  if (node.parameter === null) return;
  expectType(source, node.parameter, node.operator === 'count_values' ? 'string' : 'scalar', 'aggregation parameter');
};

const checkMatching = (source: Source, node: BinaryNode, bothVectors: boolean): void => {
  const { matching, operator } = node;
  const twice = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  if (twice !== undefined) source.fail(node, `label "${twice}" must not occur in ON and GROUP clause at once`);
  if (!bothVectors && matching.labels.length > 0) source.fail(node, 'vector matching only allowed between instant vectors');
  if (isSetOperator(operator) && bothVectors && matching.cardinality !== 'many-to-many') {
    source.fail(node, `no grouping allowed for "${operator}" operation`);
  }
};

const checkBinary = (source: Source, node: BinaryNode): void => {
  checkTypes(source, node.left);
  checkTypes(source, node.right);
  const types = [typeOf(node.left), typeOf(node.right)];
  const scalars = types.filter((type) => type === 'scalar').length;
  if (node.returnsBool && !isComparison(node.operator)) source.fail(node, 'bool modifier can only be used on comparison operators');
  if (isComparison(node.operator) && !node.returnsBool && scalars === 2) {
    source.fail(node, 'comparisons between scalars must use BOOL modifier');
  }
  for (const side of [node.left, node.right]) {
    const type = typeOf(side);
    if (type !== 'scalar' && type !== 'vector') source.fail(side, 'binary expression must contain only scalar and instant vector types');
  }
  checkMatching(source, node, scalars === 0);
  if (isSetOperator(node.operator) && scalars > 0) {
    source.fail(node, `set operator "${node.operator}" not allowed in binary scalar expression`);
  }
};

export const checkTypes = (source: Source, node: Node): void => {
  switch (node.kind) {
    case 'call':
      return checkCall(source, node);
    case 'aggregation':
      return checkAggregation(source, node);
    case 'binary':
      return checkBinary(source, node);
    case 'parentheses':
      return checkTypes(source, node.expression);
    case 'unary': {
      checkTypes(source, node.expression);
      const type = typeOf(node.expression);
      if (type === 'scalar' || type === 'vector') return undefined;
      return source.fail(node, `unary expression only allowed on expressions of type scalar or instant vector, got "${documented[type]}"`);
    }
    case 'subquery': {
      checkTypes(source, node.expression);
      const type = typeOf(node.expression);
      return type === 'vector' ? undefined : source.fail(node, `subquery is only allowed on instant vector, got ${type} instead`);
    }
    default:
      return undefined;
  }
};
