// Durations in brackets and after offset: literals, and arithmetic over them with step(), range(), min_of() and max_of().
import type { SyntaxNode } from '@lezer/common';
import { isDurationInRange, literalToMs, parseNumberText } from './number.ts';
import type { Source } from './source.ts';
import { childrenOf } from './source.ts';

/** `literal` until an operator or a function was met: Prometheus rounds the two kinds differently. */
type Duration = { readonly seconds: number; readonly literal: boolean };

const computed = (seconds: number): Duration => ({ seconds, literal: false });

const literalOf = (source: Source, node: SyntaxNode): Duration => {
  const seconds =
    parseNumberText(source.text(node)) ?? source.fail(node, `not a valid duration string: ${JSON.stringify(source.text(node))}`);
  if (!isDurationInRange(seconds)) source.fail(node, 'duration out of range');
  return { seconds, literal: true };
};

type Arithmetic = (left: number, right: number, fail: (message: string) => never) => number;

const arithmetic: Readonly<Record<string, Arithmetic>> = {
  Add: (left, right) => left + right,
  Sub: (left, right) => left - right,
  Mul: (left, right) => left * right,
  Div: (left, right, fail) => (right === 0 ? fail('division by zero') : left / right),
  Mod: (left, right, fail) => (right === 0 ? fail('modulo by zero') : left % right),
  Pow: (left, right) => left ** right,
};

const evaluate = (source: Source, node: SyntaxNode): Duration => {
  if (node.name === 'NumberDurationLiteralInDurationContext' || node.name === 'NumberDurationLiteral') return literalOf(source, node);
  const children = childrenOf(node);
  const [first, second, third] = children;
  if (first === undefined) return source.fail(node, 'unexpected empty duration');
  if (first.name === 'DurationStep') return computed(source.window.stepMs / 1000);
  if (first.name === 'DurationRange') return computed((source.window.endMs - source.window.startMs) / 1000);
  if (first.name === 'DurationMinOf' || first.name === 'DurationMaxOf') {
    const [left, right] = [evaluate(source, second!).seconds, evaluate(source, third!).seconds];
    return computed(first.name === 'DurationMinOf' ? Math.min(left, right) : Math.max(left, right));
  }
  if (first.name === 'UnaryOp') {
    const operand = evaluate(source, second!);
    return { seconds: source.text(first) === '-' ? -operand.seconds : operand.seconds, literal: operand.literal };
  }
  if (second === undefined) {
    const inner = evaluate(source, first);
    return source.query[node.from] === '(' ? computed(inner.seconds) : inner;
  }
  const operator = arithmetic[second.name] ?? source.fail(second, `unexpected ${source.text(second)} in duration`);
  const fail = (message: string): never => source.fail(second, message);
  return computed(operator(evaluate(source, first).seconds, evaluate(source, third!).seconds, fail));
};

/** Milliseconds. An offset may be negative; a range or a step must be more than 0. */
export const durationMs = (source: Source, node: SyntaxNode, allows: 'negative' | 'positive'): number => {
  const { seconds, literal } = evaluate(source, node);
  if (!Number.isFinite(seconds)) source.fail(node, 'duration is NaN or infinite');
  if (allows === 'positive' && seconds <= 0) source.fail(node, 'duration must be greater than 0');
  if (!isDurationInRange(seconds)) source.fail(node, 'duration is out of range');
  return literal ? literalToMs(seconds) : Math.trunc(seconds * 1000);
};
