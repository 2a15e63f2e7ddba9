// What a test expected beside what it got: nothing where they agree, both as lines where they do not.
import { formatFloat } from '../../promql/float-text.ts';
import { compareLabels, formatLabels } from '../../promql/labels.ts';
import type { TextMap } from '../rule.ts';
import type { ExpectedAlert, ExpectedSample } from './rule-test.ts';

export type Difference = { readonly expected: readonly string[]; readonly got: readonly string[] };

const mapText = (map: TextMap): string =>
  `{${Object.keys(map)
    .toSorted()
    .map((name) => `${name}=${JSON.stringify(map[name])}`)
    .join(', ')}}`;

const alertText = ({ labels, annotations }: ExpectedAlert): string => `labels ${mapText(labels)} annotations ${mapText(annotations)}`;

export const compareAlerts = (expected: readonly ExpectedAlert[], got: readonly ExpectedAlert[]): Difference | null => {
  const [wanted, found] = [expected.map(alertText).toSorted(), got.map(alertText).toSorted()];
  return wanted.length === found.length && wanted.every((text, index) => text === found[index]) ? null : { expected: wanted, got: found };
};

/** The next number up. */
const nextAfter = (value: number): number => {
  const bits = new BigInt64Array(1);
  const numbers = new Float64Array(bits.buffer);
  numbers[0] = value === 0 ? 0 : value;
  bits[0]! += numbers[0]! >= 0 ? 1n : -1n;
  return numbers[0]!;
};

/** As in promtool, NaN is equal to nothing. */
const areEqual = (a: number, b: number, fuzzy: boolean): boolean => a === b || (fuzzy && nextAfter(Math.min(a, b)) === Math.max(a, b));

const sorted = (samples: readonly ExpectedSample[]): readonly ExpectedSample[] =>
  samples.toSorted((a, b) => compareLabels(a.labels, b.labels));

const sampleText = ({ labels, value }: ExpectedSample): string => `${formatLabels(labels)} ${formatFloat(value)}`;

export const compareSamples = (expected: readonly ExpectedSample[], got: readonly ExpectedSample[], fuzzy: boolean): Difference | null => {
  const [wanted, found] = [sorted(expected), sorted(got)];
  const same = (sample: ExpectedSample, index: number): boolean => {
    const other = found[index]!;
    return sample.labels.key === other.labels.key && areEqual(sample.value, other.value, fuzzy);
  };
  return wanted.length === found.length && wanted.every(same) ? null : { expected: wanted.map(sampleText), got: found.map(sampleText) };
};
