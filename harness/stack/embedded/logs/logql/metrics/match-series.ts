// Binary operators between two vectors: which series belong together, and what labels the result has.
import { labelValue, omitLabels, pickLabels, setLabel } from '../../../promql/labels.ts';
import type { Labels } from '../../../promql/labels.ts';
import { isComparison, isSetOperator } from '../syntax/ast.ts';
import type { Binary, ComparisonOperator, Matching } from '../syntax/ast.ts';
import { QueryLimit } from '../turn.ts';
import { applyArithmetic, compareNumbers } from './arithmetic.ts';
import { withoutEmpty } from './sample.ts';
import type { Sample, Vector } from './sample.ts';

const restrict = (labels: Labels, { on, labels: names }: Matching): Labels => {
  const set = new Set(names);
  return withoutEmpty(on ? pickLabels(labels, set) : omitLabels(labels, set));
};

/** Null: there is no result. A comparison that holds gives the left value, or 1 with bool. */
const outcome = ({ operator, returnsBool }: Binary, left: number, right: number): number | null => {
  if (isSetOperator(operator)) throw new Error(`${operator} is no operation on numbers`);
  if (!isComparison(operator)) return applyArithmetic(operator, left, right);
  const holds = compareNumbers(operator, left, right);
  if (returnsBool) return holds ? 1 : 0;
  return holds ? left : null;
};

const resultLabels = (many: Labels, one: Labels, matching: Matching): Labels => {
  const base = matching.cardinality === 'one-to-one' ? restrict(many, matching) : withoutEmpty(many);
  return matching.include.reduce((labels, name) => setLabel(labels, name, labelValue(one, name)), base);
};

const indexBySignature = (samples: Vector, matching: Matching): ReadonlyMap<string, Sample> => {
  const found = new Map<string, Sample>();
  const side = matching.cardinality === 'one-to-many' ? 'left' : 'right';
  for (const sample of samples) {
    const { key } = restrict(sample.labels, matching);
    if (found.has(key)) {
      throw new Error(
        `found duplicate series on the ${side} hand-side;many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    }
    found.set(key, sample);
  }
  return found;
};

/** One to one, a signature is met once; else the labels of the results must differ. */
const refuseRepeat = (matching: Matching, met: Set<string>, signature: string, labels: Labels): void => {
  const isOneToOne = matching.cardinality === 'one-to-one';
  const mark = isOneToOne ? signature : `${signature}\n${labels.key}`;
  if (met.has(mark)) {
    const why = isOneToOne
      ? 'many-to-one matching must be explicit (group_left/group_right)'
      : 'grouping labels must ensure unique matches';
    throw new Error(`multiple matches for labels: ${why}`);
  }
  met.add(mark);
};

const combineNumbers = (node: Binary, left: Vector, right: Vector): Vector => {
  const { matching } = node;
  const swapped = matching.cardinality === 'one-to-many';
  const [many, one] = swapped ? [right, left] : [left, right];
  const bySignature = indexBySignature(one, matching);
  const met = new Set<string>();
  const results: Sample[] = [];
  for (const sample of many) {
    const { key } = restrict(sample.labels, matching);
    const other = bySignature.get(key);
    if (other === undefined) continue;
    const labels = resultLabels(sample.labels, other.labels, matching);
    refuseRepeat(matching, met, key, labels);
    const value = swapped ? outcome(node, other.value, sample.value) : outcome(node, sample.value, other.value);
    if (value !== null) results.push({ labels, value });
  }
  return results;
};

const combineSets = ({ operator, matching }: Binary, left: Vector, right: Vector): Vector => {
  const keysOf = (vector: Vector): ReadonlySet<string> => new Set(vector.map(({ labels }) => restrict(labels, matching).key));
  const isIn = (keys: ReadonlySet<string>, { labels }: Sample): boolean => keys.has(restrict(labels, matching).key);
  if (operator === 'or') {
    const there = keysOf(left);
    return [...left, ...right.filter((sample) => !isIn(there, sample))];
  }
  const there = keysOf(right);
  return left.filter((sample) => isIn(there, sample) === (operator === 'and'));
};

/** What Loki answers with status 500 is refused here as the query's fault. */
export const combineVectors = (node: Binary, left: Vector, right: Vector): Vector => {
  if (isSetOperator(node.operator)) return combineSets(node, left, right);
  try {
    return combineNumbers(node, left, right);
  } catch (error) {
    throw new QueryLimit((error as Error).message, { cause: error });
  }
};

const flipped: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
};

/** A comparison with a number filters the vector, on whichever side it stands. */
export const combineWithNumber = (node: Binary, vector: Vector, number: number, isNumberLeft: boolean): Vector => {
  const { operator, returnsBool } = node;
  if (isComparison(operator)) {
    const test = isNumberLeft ? flipped[operator] : operator;
    return vector.flatMap(({ labels, value }) => {
      const holds = compareNumbers(test, value, number);
      if (returnsBool) return [{ labels, value: holds ? 1 : 0 }];
      return holds ? [{ labels, value }] : [];
    });
  }
  return vector.map(({ labels, value }) => ({
    labels,
    value: (isNumberLeft ? outcome(node, number, value) : outcome(node, value, number)) ?? 0,
  }));
};
