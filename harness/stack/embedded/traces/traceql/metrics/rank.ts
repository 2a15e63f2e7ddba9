// topk and bottomk: at each step the series with the largest or smallest values.
import type { RankStage } from '../query.ts';
import { valueText } from '../value.ts';
import type { Value } from '../value.ts';
import type { Series } from './series.ts';

/** What a label has become when Tempo ranks: text, number or boolean; nil is text too. */
type Ranked = { readonly text: string; readonly type: number; readonly number: number };

const rankedOf = (value: Value): Ranked => {
  switch (value.type) {
    case 'int':
      return { text: '', type: 1, number: Number(value.value) };
    case 'float':
      return { text: '', type: 2, number: value.value };
    case 'boolean':
      return { text: '', type: 4, number: Number(value.value) };
    default:
      return { text: valueText(value), type: 3, number: 0 };
  }
};

const byText = (one: string, other: string): number => (one < other ? 1 : one > other ? -1 : 0);

/** Of equal values topk prefers the greater: texts and names backwards, so that the alphabet's first stays; bottomk the lesser. */
const compareLabels = (one: Series, other: Series): number => {
  for (let index = 0; index < Math.max(one.labels.length, other.labels.length); index += 1) {
    const [name = '', value] = one.labels[index] ?? [];
    const [otherName = '', otherValue] = other.labels[index] ?? [];
    const left = value === undefined ? { text: '', type: 0, number: 0 } : rankedOf(value);
    const right = otherValue === undefined ? { text: '', type: 0, number: 0 } : rankedOf(otherValue);
    const order = byText(left.text, right.text) || byText(name, otherName) || left.type - right.type || left.number - right.number;
    if (order !== 0) return order;
  }
  return 0;
};

const valueAt = (series: Series, step: number): number => series.values[step] ?? Number.NaN;

/** The indices of those that stay at a step. */
const bestAt = (all: readonly Series[], step: number, { operator, limit }: RankStage): readonly number[] => {
  const sign = operator === 'topk' ? -1 : 1;
  return [...all.entries()]
    .filter(([, series]) => !Number.isNaN(valueAt(series, step)))
    .sort(([, one], [, other]) => sign * (valueAt(one, step) - valueAt(other, step) || compareLabels(one, other)))
    .slice(0, limit)
    .map(([index]) => index);
};

export const rank = (all: readonly Series[], stage: RankStage): readonly Series[] => {
  if (all.length <= stage.limit) return all;
  const kept = all.map(({ values }) => values.map(() => Number.NaN));
  for (let step = 0; step < (all[0]?.values.length ?? 0); step += 1) {
    for (const index of bestAt(all, step, stage)) kept[index]?.splice(step, 1, all[index]?.values[step] ?? Number.NaN);
  }
  return all
    .map((series, index) => ({ ...series, values: kept[index] ?? [] }))
    .filter(({ values }) => !values.every((value) => Number.isNaN(value)));
};
