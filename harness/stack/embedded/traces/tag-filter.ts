// The query that goes with a question for tags. An editor sends it half written: what can't be read yet asks for nothing.
import { askedTypes } from './traceql/asked-types.ts';
import { compileCondition } from './traceql/compile-field.ts';
import { parseTraceql } from './traceql/parse.ts';
import type { Query, Spanset } from './traceql/query.ts';
import type { SpanNode } from './traceql/trace-index.ts';
import { QueryRefused } from '../query-refused.ts';

export type SpanFilter = (node: SpanNode) => boolean;

const everySpan: SpanFilter = () => true;

const readQuery = (text: string): Query | null => {
  try {
    return parseTraceql(text);
  } catch (error) {
    if (error instanceof QueryRefused) return null;
    throw error;
  }
};

/** Conditions between && that are complete, each for itself. */
const completeParts = (text: string): readonly Query[] => {
  const inner = /^\s*\{(.*?)\}?\s*$/s.exec(text)?.[1] ?? '';
  return inner.split('&&').flatMap((part) => readQuery(`{${part}}`) ?? []);
};

const firstFilter = ({ stages: [first] }: Query): (Spanset & { kind: 'filter' }) | null => (first?.kind === 'filter' ? first : null);

export const spanFilter = (text: string): SpanFilter => {
  if (text.trim() === '') return everySpan;
  const whole = readQuery(text);
  const filters = (whole === null ? completeParts(text) : [whole]).map(firstFilter).filter((filter) => filter !== null);
  const conditions = filters.map((filter) => compileCondition(filter.condition, askedTypes([filter])));
  return (node) => conditions.every((meets) => meets(node));
};
