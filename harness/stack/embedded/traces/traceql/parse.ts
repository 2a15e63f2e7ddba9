// TraceQL text -> query, with the precedence of Tempo's grammar (pkg/traceql/expr.y): && and || bind alike and from the left, comparisons and
// structural operators bind tighter, `!` tighter still. What is not supported is refused by name and position.
import { wholeTextRegExp } from '../../go-regexp.ts';
import { QueryRefused, refuseLongQuery } from '../../query-refused.ts';
import { unquote } from '../../quoted-text.ts';
import { intrinsics } from './intrinsics.ts';
import type { Comparison, Condition, FieldScope, Relation, Spanset } from './query.ts';
import { readLiteral } from './read-literal.ts';
import { tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

const comparisons = new Set<string>(['=', '!=', '<', '<=', '>', '>=', '=~', '!~']);
const relations = new Set<string>(['>', '>>', '<', '<<', '~']);
const scopes = new Set<string>(['span', 'resource', 'event', 'link', 'instrumentation']);
const maxDepth = 64;

type Reader = {
  peek(): Token | undefined;
  take(): Token;
  refuse(token: Token | undefined, message: string): never;
  enter(token: Token | undefined): Disposable;
};

const createReader = (query: string): Reader => {
  const tokens = tokenize(query);
  let at = 0;
  let depth = 0;
  const refuse = (token: Token | undefined, message: string): never => {
    throw new QueryRefused(query, token?.from ?? query.length, message);
  };
  return {
    peek: () => tokens[at],
    take() {
      const token = tokens[at] ?? refuse(undefined, 'the query ends too early');
      at += 1;
      return token;
    },
    refuse,
    enter(token) {
      depth += 1;
      if (depth > maxDepth) refuse(token, `nested deeper than ${maxDepth}`);
      return { [Symbol.dispose]: () => void (depth -= 1) };
    },
  };
};

const expect = (reader: Reader, kind: Token['kind'], text: string): void => {
  const token = reader.peek();
  if (token?.kind !== kind) reader.refuse(token, `expected ${text}`);
  reader.take();
};

const isOperator = (token: Token | undefined, texts: ReadonlySet<string>): boolean => token?.kind === 'operator' && texts.has(token.text);
const logical = new Set(['&&', '||']);

// ── Conditions, between { and } ──

const readAttribute = (reader: Reader, token: Token): Condition => {
  const match = /^(?:(\w+)\.|\.)(.+)$/s.exec(token.text);
  const [, scope = 'any', name = ''] = match ?? [];
  if (match === null) return reader.refuse(token, `${token.text} is no attribute`);
  if (scope !== 'any' && !scopes.has(scope)) reader.refuse(token, `scope ${scope} is not supported by the embedded stack`);
  return { kind: 'field', scope: scope as FieldScope, name: name.startsWith('"') ? unquote(name) : name };
};

const readIntrinsic = (reader: Reader, token: Token): Condition => {
  if (!intrinsics.has(token.text)) reader.refuse(token, `intrinsic ${token.text} is not supported by the embedded stack`);
  return { kind: 'field', scope: 'intrinsic', name: token.text };
};

const readStatic = (reader: Reader, token: Token): Condition => {
  const value = readLiteral(token.text) ?? reader.refuse(token, `${token.text} is not a literal that the embedded stack knows`);
  return { kind: 'literal', value };
};

const readNegative = (reader: Reader): Condition => {
  const token = reader.take();
  const operand =
    token.kind === 'literal' ? readStatic(reader, token) : reader.refuse(token, 'a minus sign is supported before a number only');
  if (operand.kind !== 'literal' || operand.value.type !== 'number')
    return reader.refuse(token, 'a minus sign is supported before a number only');
  return { kind: 'literal', value: { type: 'number', value: -operand.value.value } };
};

const readOperand = (reader: Reader): Condition => {
  const token = reader.take();
  using _depth = reader.enter(token);
  if (token.kind === 'literal') return readStatic(reader, token);
  if (token.kind === 'attribute') return readAttribute(reader, token);
  if (token.kind === 'intrinsic') return readIntrinsic(reader, token);
  if (token.kind === 'operator' && token.text === '!') return { kind: 'not', operand: readOperand(reader) };
  if (token.kind === 'operator' && token.text === '-') return readNegative(reader);
  if (token.kind !== 'open') return reader.refuse(token, `${JSON.stringify(token.text)} is not supported here`);
  const inner = readCondition(reader);
  expect(reader, 'close', ')');
  return inner;
};

const patternOf = (reader: Reader, operator: string, right: Condition, token: Token): RegExp | null => {
  if (operator !== '=~' && operator !== '!~') return null;
  if (right.kind !== 'literal' || right.value.type !== 'string') return reader.refuse(token, `${operator} needs a string on its right`);
  try {
    return wholeTextRegExp(right.value.value);
  } catch (error) {
    return reader.refuse(token, (error as Error).message);
  }
};

const readComparison = (reader: Reader): Condition => {
  const left = readOperand(reader);
  const token = reader.peek();
  if (token?.kind !== 'operator' || logical.has(token.text)) return left;
  if (!comparisons.has(token.text)) return reader.refuse(token, `operator ${token.text} is not supported by the embedded stack`);
  reader.take();
  const right = readOperand(reader);
  const after = reader.peek();
  if (after?.kind === 'operator' && !logical.has(after.text))
    reader.refuse(after, `operator ${after.text} is not supported after a comparison`);
  return { kind: 'compare', operator: token.text as Comparison, left, right, pattern: patternOf(reader, token.text, right, token) };
};

const readCondition = (reader: Reader): Condition => {
  let left = readComparison(reader);
  while (isOperator(reader.peek(), logical)) {
    const kind = reader.take().text === '&&' ? 'and' : 'or';
    left = { kind, left, right: readComparison(reader) };
  }
  return left;
};

// ── Spansets ──

const readFilter = (reader: Reader): Spanset => {
  if (reader.peek()?.kind === 'brace-close') {
    reader.take();
    return { kind: 'filter', condition: null };
  }
  const condition = readCondition(reader);
  expect(reader, 'brace-close', '}');
  return { kind: 'filter', condition };
};

const readPrimary = (reader: Reader): Spanset => {
  const token = reader.take();
  using _depth = reader.enter(token);
  if (token.kind === 'brace-open') return readFilter(reader);
  if (token.kind !== 'open') return reader.refuse(token, `expected { or (, found ${JSON.stringify(token.text)}`);
  const inner = readSpanset(reader);
  expect(reader, 'close', ')');
  return inner;
};

const readRelation = (reader: Reader): Spanset => {
  let left = readPrimary(reader);
  while (isOperator(reader.peek(), relations)) {
    left = { kind: 'relation', relation: reader.take().text as Relation, left, right: readPrimary(reader) };
  }
  return left;
};

const readSpanset = (reader: Reader): Spanset => {
  let left = readRelation(reader);
  while (isOperator(reader.peek(), logical)) {
    const kind = reader.take().text === '&&' ? 'and' : 'or';
    left = { kind, left, right: readRelation(reader) };
  }
  return left;
};

/** Throws a QueryRefused with the position of what is wrong or not supported. */
export const parseTraceql = (query: string): Spanset => {
  refuseLongQuery(query);
  const reader = createReader(query);
  const spanset = readSpanset(reader);
  const rest = reader.peek();
  if (rest !== undefined) reader.refuse(rest, `${JSON.stringify(rest.text)} is not supported here`);
  return spanset;
};
