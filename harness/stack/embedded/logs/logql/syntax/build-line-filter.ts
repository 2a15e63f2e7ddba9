// Line filters: |= != |~ !~ |> !>, chains with `or`, and ip().
import type { SyntaxNode } from '@lezer/common';
import { compileLineRegex } from '../regex.ts';
import { hasIpIn, parseIpRange } from '../stages/ip-range.ts';
import { compilePatternFilter } from '../stages/line-pattern.ts';
import type { Stage } from './ast.ts';
import { stringOf } from './build-matchers.ts';
import { childOf, children, readAt, refuse, refuseUnsupported } from './tree.ts';
import type { QueryText } from './tree.ts';

type LineTest = (line: string) => boolean;

const kinds: Readonly<Record<string, 'text' | 'regex' | 'pattern'>> = {
  PipeExact: 'text',
  Neq: 'text',
  PipeMatch: 'regex',
  Nre: 'regex',
  PipePattern: 'pattern',
  Npa: 'pattern',
};

type Alternative = { readonly literal: SyntaxNode; readonly isIp: boolean };

const alternativesOf = (query: QueryText, node: SyntaxNode): readonly Alternative[] => {
  const literal = childOf(query, node, 'String');
  const more = node.getChildren('OrFilter').flatMap((rest) => alternativesOf(query, rest));
  return [{ literal, isIp: node.getChild('FilterOp') !== null }, ...more];
};

const textTest =
  (value: string): LineTest =>
  (line) =>
    line.includes(value);

const regexTest = (value: string): LineTest => {
  const pattern = compileLineRegex(value);
  return (line) => pattern.test(line);
};

const testOf = (query: QueryText, { literal, isIp }: Alternative, kind: 'text' | 'regex' | 'pattern'): LineTest =>
  readAt(query, literal, () => {
    const value = stringOf(query, literal);
    if (isIp) {
      if (kind !== 'text') throw new Error('ip: invalid operation');
      const range = parseIpRange(value);
      return (line) => hasIpIn(range, line);
    }
    if (kind === 'text') return textTest(value);
    return kind === 'regex' ? regexTest(value) : compilePatternFilter(value);
  });

/** Of several alternatives, Loki leaves out what would let every line through. */
const telling = (query: QueryText, alternatives: readonly Alternative[], kind: string): readonly Alternative[] => {
  const kept = alternatives.filter(({ literal }) => {
    const value = stringOf(query, literal);
    return value !== '' && !(kind === 'regex' && value === '.*');
  });
  return kind === 'pattern' || kept.length === 0 ? alternatives : kept;
};

/** Loki knows ip() in a chain only where it excludes; in one that includes it takes the address as plain text. */
const readLineFilter = (query: QueryText, operator: SyntaxNode, alternatives: readonly Alternative[]): Stage => {
  const kind = kinds[operator.name] ?? refuseUnsupported(query, operator);
  const isNegative = operator.name.startsWith('N');
  const takesIp = isNegative || alternatives.length === 1;
  const tests = (isNegative ? alternatives : telling(query, alternatives, kind)).map((one) =>
    testOf(query, { ...one, isIp: one.isIp && takesIp }, kind),
  );
  return { kind: 'line', keeps: (line) => tests.some((test) => test(line)) !== isNegative };
};

const operatorOf = (query: QueryText, node: SyntaxNode): SyntaxNode =>
  childOf(query, node, 'Filter').firstChild ?? refuse(query, node, 'a line filter without an operator');

/** The grammar nests filters to the left, and puts an `or` behind the filter or into it. */
export const readLineFilters = (query: QueryText, node: SyntaxNode): readonly Stage[] => {
  const behind = node.getChildren('OrFilter').flatMap((rest) => alternativesOf(query, rest));
  return children(node).flatMap((child): readonly Stage[] => {
    if (child.name === 'LineFilters') return readLineFilters(query, child);
    if (child.name !== 'LineFilter') return child.name === 'Or' || child.name === 'OrFilter' ? [] : refuseUnsupported(query, child);
    return [readLineFilter(query, operatorOf(query, child), [...alternativesOf(query, child), ...behind])];
  });
};
