// Two vectors, one to one or with group_left / group_right; which series match is decided at each step, as their presence changes.
import { executionError } from '../promql-error.ts';
import type { Labels } from '../labels.ts';
import { dropMetricName, formatLabels, labelValue, omitLabels, pickLabels, setLabel } from '../labels.ts';
import type { Matching } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import type { Column } from '../engine/value.ts';
import { createColumn, setPoint } from '../engine/value.ts';
import type { Operation } from './operation.ts';
import { matchedLabels, signaturesOf } from './signature.ts';

/** `many` and `one` are the sides by their part in the matching, not by their place in the text. */
type Sides = {
  readonly many: readonly Column[];
  readonly one: readonly Column[];
  readonly manySignatures: readonly number[];
  readonly oneSignatures: readonly number[];
  readonly signatureCount: number;
  readonly swapped: boolean;
};

const sidesOf = (matching: Matching, left: readonly Column[], right: readonly Column[]): Sides => {
  const signatures = signaturesOf(matching, left, right);
  const swapped = matching.cardinality === 'one-to-many';
  return {
    many: swapped ? right : left,
    one: swapped ? left : right,
    manySignatures: swapped ? signatures.right : signatures.left,
    oneSignatures: swapped ? signatures.left : signatures.right,
    signatureCount: signatures.count,
    swapped,
  };
};

const resultLabels = (many: Labels, one: Labels, matching: Matching, dropsName: boolean): Labels => {
  let labels = dropsName ? dropMetricName(many) : many;
  if (matching.cardinality === 'one-to-one') {
    const names = new Set(matching.labels);
    labels = matching.on ? pickLabels(labels, names) : omitLabels(labels, names);
  }
  for (const name of matching.include) labels = setLabel(labels, name, labelValue(one, name));
  return labels;
};

const refuseTwins = (matching: Matching, sides: Sides, first: Column, second: Column): never => {
  const group = formatLabels(matchedLabels(matching)(second.labels));
  const twins = [formatLabels(first.labels), formatLabels(second.labels)].sort().join(', ');
  const side = sides.swapped ? 'left' : 'right';
  throw executionError(
    `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${twins}];many-to-many matching not allowed: matching labels must be unique on one side`,
  );
};

/** For the step: the series of the one side by signature, -1 for none. */
const indexOneSide = (sides: Sides, matching: Matching, step: number, bySignature: Int32Array): void => {
  bySignature.fill(-1);
  sides.one.forEach((column, index) => {
    if (column.present[step] === 0) return;
    const signature = sides.oneSignatures[index]!;
    const known = bySignature[signature]!;
    if (known >= 0) refuseTwins(matching, sides, sides.one[known]!, column);
    bySignature[signature] = index;
  });
};

type Pairs = { columnOf(manyIndex: number, oneIndex: number): Column };

/** Results by pair of series, their labels worked out once. */
const createPairs = (sides: Sides, matching: Matching, dropsName: boolean, steps: number, context: Context): Pairs => {
  const columns = new Map<number, Column>();
  return {
    columnOf: (manyIndex, oneIndex) => {
      const pair = manyIndex * sides.one.length + oneIndex;
      const known = columns.get(pair);
      if (known !== undefined) return known;
      context.budget.spend(steps);
      const labels = resultLabels(sides.many[manyIndex]!.labels, sides.one[oneIndex]!.labels, matching, dropsName);
      const column = createColumn(labels, steps);
      columns.set(pair, column);
      return column;
    },
  };
};

type Repeats = { startStep(): void; refuse(signature: number, labels: Labels): void };

/** One to one, a signature may be met once a step; else the labels of the result must tell the matches apart. */
const createRepeats = (matching: Matching, signatureCount: number): Repeats => {
  const oneToOne = matching.cardinality === 'one-to-one';
  const metSignatures = new Uint8Array(oneToOne ? signatureCount : 0);
  const metResults = new Set<string>();
  const fail = (reason: string): never => {
    throw executionError(`multiple matches for labels: ${reason}`);
  };
  return {
    startStep: () => {
      metSignatures.fill(0);
      metResults.clear();
    },
    refuse: (signature, labels) => {
      if (oneToOne) {
        if (metSignatures[signature] === 1) fail('many-to-one matching must be explicit (group_left/group_right)');
        metSignatures[signature] = 1;
        return;
      }
      // The result may have lost the labels that told the signatures apart, so the signature belongs to it.
      const mark = `${signature} ${labels.key}`;
      if (metResults.has(mark)) fail('grouping labels must ensure unique matches');
      metResults.add(mark);
    },
  };
};

export const combineVectors = (
  operation: Operation,
  matching: Matching,
  left: readonly Column[],
  right: readonly Column[],
  context: Context,
): Column[] => {
  if (left.length === 0 || right.length === 0) return [];
  const { steps } = context.grid;
  const sides = sidesOf(matching, left, right);
  const pairs = createPairs(sides, matching, operation.dropsName, steps, context);
  const bySignature = new Int32Array(sides.signatureCount);
  const repeats = createRepeats(matching, sides.signatureCount);
  const results = new Set<Column>();
  const isEmptyAt = (columns: readonly Column[], step: number): boolean => !columns.some((column) => column.present[step] === 1);
  for (let step = 0; step < steps; step += 1) {
    // Nothing can match then, and as in Prometheus nobody looks whether the other side is unique.
    if (isEmptyAt(left, step) || isEmptyAt(right, step)) continue;
    indexOneSide(sides, matching, step, bySignature);
    repeats.startStep();
    sides.many.forEach((column, manyIndex) => {
      const oneIndex = bySignature[sides.manySignatures[manyIndex]!]!;
      if (column.present[step] === 0 || oneIndex < 0) return;
      const result = pairs.columnOf(manyIndex, oneIndex);
      repeats.refuse(sides.manySignatures[manyIndex]!, result.labels);
      const one = sides.one[oneIndex]!.values[step]!;
      const [leftValue, rightValue] = sides.swapped ? [one, column.values[step]!] : [column.values[step]!, one];
      const outcome = operation.apply(leftValue, rightValue);
      if (operation.isComparison && !operation.returnsBool && outcome === 0) return;
      setPoint(result, step, operation.isComparison && !operation.returnsBool ? leftValue : outcome);
      results.add(result);
    });
  }
  return [...results];
};
