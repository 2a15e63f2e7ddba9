// The grammar's tree -> ours: precedence, then what each operand is. Builders of single forms are in files of their own.
import type { SyntaxNode } from '@lezer/common';
import { buildAggregation } from './build-aggregation.ts';
import { buildBinary, precedenceOf } from './build-binary.ts';
import { applyPostfix } from './build-postfix.ts';
import { buildSelector } from './build-selector.ts';
import type { CallNode, Node, StringNode } from './ast.ts';
import { parseNumberText } from './number.ts';
import type { Token } from './operands.ts';
import { flatten } from './operands.ts';
import { unquote } from './quoted-text.ts';
import { experimentalFunctions, nativeHistogramFunctions, signatures } from './signatures.ts';
import type { Source } from './source.ts';
import { childrenOf } from './source.ts';

const powerPrecedence = 6;

type Cursor = { readonly source: Source; readonly tokens: readonly Token[]; at: number };

const buildNumber = (source: Source, node: SyntaxNode, from: number): Node => {
  const text = source.query.slice(from, node.to);
  const value = parseNumberText(text) ?? source.fail({ from, to: node.to }, `bad number or duration syntax: ${JSON.stringify(text)}`);
  return { kind: 'number', value, from, to: node.to };
};

const buildString = (source: Source, node: SyntaxNode): StringNode => {
  const text = source.text(node);
  const value = unquote(text) ?? source.fail(node, `error unquoting string ${JSON.stringify(text)}: invalid syntax`);
  return { kind: 'string', value, from: node.from, to: node.to };
};

const buildCall = (source: Source, node: SyntaxNode): CallNode => {
  const [identifier, body] = childrenOf(node);
  const name = source.text(identifier!);
  if (experimentalFunctions.has(name)) source.fail(identifier!, `function "${name}" is not enabled`);
  if (nativeHistogramFunctions.has(name))
    source.fail(identifier!, `function "${name}" is not supported: it works on native histograms only`);
  if (!signatures.has(name)) source.fail(identifier!, `unknown function with name "${name}"`);
  return {
    kind: 'call',
    name,
    arguments: childrenOf(body!).map((argument) => buildExpression(source, argument)),
    from: node.from,
    to: node.to,
  };
};

const buildOperand = (source: Source, node: SyntaxNode, from: number): Node => {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return buildNumber(source, node, from);
    case 'StringLiteral':
      return buildString(source, node);
    case 'VectorSelector':
      return buildSelector(source, node);
    case 'FunctionCall':
      return buildCall(source, node);
    case 'AggregateExpr':
      return buildAggregation(source, node, buildExpression);
    case 'ParenExpr':
      return { kind: 'parentheses', expression: buildExpression(source, childrenOf(node)[0]!), from: node.from, to: node.to };
    default:
      return source.fail(node, `${node.name} is not supported`);
  }
};

const parseUnary = (cursor: Cursor): Node => {
  const token = cursor.tokens[cursor.at++]!;
  if (token.kind === 'sign') {
    // A sign binds like *: looser than ^, tighter than +.
    const expression = parseBinary(cursor, powerPrecedence);
    if (expression.kind === 'number') {
      return { ...expression, value: token.negates ? -expression.value : expression.value, from: token.from };
    }
    return { kind: 'unary', negates: token.negates, expression, from: token.from, to: expression.to };
  }
  if (token.kind === 'operator') return cursor.source.fail(token.node, `unexpected ${cursor.source.text(token.node)}`);
  const built = buildOperand(cursor.source, token.node, token.from);
  return token.postfixes.reduce((inner, postfix) => applyPostfix(cursor.source, inner, postfix), built);
};

const placeOf = (token: Token): { readonly from: number; readonly to: number } =>
  token.kind === 'sign' ? { from: token.from, to: token.from + 1 } : token.node;

const parseBinary = (cursor: Cursor, lowest: number): Node => {
  using _depth = cursor.source.enter(placeOf(cursor.tokens[cursor.at]!));
  let left = parseUnary(cursor);
  for (;;) {
    const token = cursor.tokens[cursor.at];
    if (token?.kind !== 'operator') return left;
    const precedence = precedenceOf(cursor.source, token.node);
    if (precedence < lowest) return left;
    cursor.at += 1;
    const right = parseBinary(cursor, precedence === powerPrecedence ? precedence : precedence + 1);
    left = buildBinary(cursor.source, token.node, token.modifiers, left, right);
  }
};

export const buildExpression = (source: Source, node: SyntaxNode): Node => parseBinary({ source, tokens: flatten(source, node), at: 0 }, 1);
