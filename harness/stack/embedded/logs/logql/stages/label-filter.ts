// Label filters on the labels of one entry.
import { byteCount, floatValue, goDurationNanos } from '../syntax/literals.ts';
import type { CompareOperator, LabelFilter, LabelUnit } from '../syntax/ast.ts';
import { hasIpIn } from './ip-range.ts';
import { errorLabel } from './labels-builder.ts';
import type { LabelsBuilder } from './labels-builder.ts';

const readers: Readonly<Record<LabelUnit, (text: string) => number>> = {
  number: floatValue,
  duration: goDurationNanos,
  bytes: byteCount,
};

const compare = (left: number, operator: CompareOperator, right: number): boolean => {
  switch (operator) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
};

/** A value that can't be read lets the entry through, with an error. */
const passesCompare = (filter: LabelFilter & { kind: 'compare' }, labels: LabelsBuilder): boolean => {
  const text = labels.get(filter.name);
  if (text === undefined) return false;
  try {
    return compare(readers[filter.unit](text), filter.operator, filter.value);
  } catch (error) {
    if (labels.error !== '') return true;
    labels.error = 'LabelFilterErr';
    labels.errorDetails = (error as Error).message;
    return true;
  }
};

const passesIp = (filter: LabelFilter & { kind: 'ip' }, labels: LabelsBuilder): boolean => {
  if (labels.error !== '') return true;
  const text = labels.get(filter.name);
  return text !== undefined && hasIpIn(filter.range, text) !== filter.negative;
};

export const passesFilter = (filter: LabelFilter, labels: LabelsBuilder): boolean => {
  switch (filter.kind) {
    case 'match': {
      const { matcher } = filter;
      return matcher.holds(matcher.name === errorLabel ? labels.error : (labels.get(matcher.name) ?? ''));
    }
    case 'compare':
      return passesCompare(filter, labels);
    case 'ip':
      return passesIp(filter, labels);
    case 'and': {
      // Both sides are always asked: each may leave an error.
      const left = passesFilter(filter.left, labels);
      return passesFilter(filter.right, labels) && left;
    }
    case 'or':
      return passesFilter(filter.left, labels) || passesFilter(filter.right, labels);
  }
};
