// count_values("label", x): how many series have each value, the value's text being a label.
import { formatPlainFloat } from '../float-text.ts';
import type { Labels } from '../labels.ts';
import { setLabel } from '../labels.ts';
import { executionError } from '../promql-error.ts';
import type { Context } from '../engine/context.ts';
import type { Column } from '../engine/value.ts';
import { createColumn, setPoint } from '../engine/value.ts';
import type { Grouping } from './grouping.ts';
import { groupLabels } from './grouping.ts';

export const countValues = (grouping: Grouping, label: string, columns: readonly Column[], context: Context): Column[] => {
  if (label === '') throw executionError('invalid label name ""');
  const { steps } = context.grid;
  const labelsOf = groupLabels(grouping.without ? grouping : { without: false, labels: [...grouping.labels, label] });
  const results = new Map<string, Column>();
  const resultFor = (labels: Labels): Column => {
    const known = results.get(labels.key);
    if (known !== undefined) return known;
    context.budget.spend(steps);
    const created = createColumn(labels, steps);
    results.set(labels.key, created);
    return created;
  };
  for (const column of columns) {
    const byText = new Map<string, Column>();
    for (let step = 0; step < steps; step += 1) {
      if (column.present[step] === 0) continue;
      const text = formatPlainFloat(column.values[step]!);
      const result = byText.get(text) ?? resultFor(labelsOf(setLabel(column.labels, label, text)));
      byText.set(text, result);
      setPoint(result, step, result.values[step]! + 1);
    }
  }
  return [...results.values()];
};
