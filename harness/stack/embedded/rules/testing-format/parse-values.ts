// The values of a series as tests write them: `1 2 _ stale`, `0+10x5`, `5-1x3`, `7x2`, `_x4`. The count says how many follow the first.
import type { SampleValue } from '../../metrics/sample-code.ts';
import { parseFloatText } from '../../promql/float-text.ts';
import { NotationError } from './parse-metric.ts';

/** null: no sample at this time. */
export type SeriesValue = SampleValue | null;

/** More than this is a mistake, and would only fill the memory. */
const mostValues = 1_000_000;

const number = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI][nN][fF]|[nN][aA][nN]`;
const pattern = new RegExp(`^([+-]?(?:${number}))(?:([+-](?:${number}))?x(\\d+))?$`);

const fail = (item: string, why: string): never => {
  throw new NotationError(`${JSON.stringify(item)} ${why}`);
};

const countOf = (item: string, text: string | undefined): number => {
  const count = Number(text ?? '0');
  return count < mostValues ? count : fail(item, `asks for more than ${mostValues} values`);
};

/** Added up step by step, as promtool does: the rounding is part of the answer. */
const ramp = (start: number, step: number, count: number): number[] => {
  const values: number[] = [];
  for (let value = start; values.length <= count; value += step) values.push(value);
  return values;
};

const expand = (item: string): readonly SeriesValue[] => {
  if (item === 'stale') return ['stale'];
  const blank = /^_(?:x(\d+))?$/.exec(item);
  if (blank !== null) return Array.from({ length: blank[1] === undefined ? 1 : countOf(item, blank[1]) }, () => null);
  if (item.startsWith('{{')) return fail(item, 'is a native histogram, which is not supported');
  const parts = pattern.exec(item);
  // `NaNx2` is one word to promtool, and no number.
  if (parts === null || /[a-zA-Z]x\d+$/.test(item)) return fail(item, 'is no value; write one such as 1, -2.5, 0+10x5, _, _x3 or stale');
  const [, start, step, count] = parts;
  return ramp(parseFloatText(start!)!, step === undefined ? 0 : parseFloatText(step)!, countOf(item, count));
};

/** Throws a NotationError that says which value it was. */
export const parseSeriesValues = (text: string): readonly SeriesValue[] =>
  text
    .split(/\s+/)
    .filter((item) => item !== '')
    .flatMap(expand);
