// Compares two runs of one plan, phase by phase. A change counts only where it is beyond the tolerance and beyond what resampling the slices makes of chance
// (percentile bootstrap over slices: Efron and Tibshirani, An Introduction to the Bootstrap, 13.3), because neighbouring requests are not independent, and slices nearly are.
import { createRandom, type Random } from '../../traffic/random.ts';
import type { LoadResult, SliceResult } from '../result.ts';
import { isLate, lateText } from '../slo/judge-slos.ts';
import type { ComparedFigure, CompareResult } from './compare-result.ts';

export type Compared = Pick<LoadResult, 'id' | 'plan' | 'arrivals' | 'request' | 'measured' | 'driver'>;
type Figure = ComparedFigure['figure'];

const figures: readonly Figure[] = ['p50', 'p99', 'throughput'];
const resamples = 1000;
/** With fewer slices on a side a resample is the same few values again. */
export const fewestSlices = 5;

export const compareRuns = (before: Compared, after: Compared, tolerance: number): CompareResult => {
  const base = { with: before.id, tolerance };
  const differing = whatDiffers(before, after);
  if (differing.length > 0) return { ...base, figures: [], problems: differing, regressed: 'unproven' };
  const random = createRandom(1, 'load/compare');
  const problems: string[] = [];
  const compared = after.plan
    .filter(({ kind, toPerSecond, fromPerSecond }) => kind !== 'warm-up' && toPerSecond + fromPerSecond > 0)
    .flatMap(({ name }) => {
      const late = whoWasLate(name, before, after);
      problems.push(...late);
      if (late.length > 0) return [];
      return figures.flatMap((figure): readonly ComparedFigure[] => {
        const [old, now] = [valuesOf(before, name, figure), valuesOf(after, name, figure)];
        if (Math.min(old.length, now.length) >= fewestSlices) return [compareFigure(name, figure, old, now, tolerance, random)];
        problems.push(
          `${name}, ${figure}: ${Math.min(old.length, now.length)} slices are too few to tell a change from noise (at least ${fewestSlices})`,
        );
        return [];
      });
    });
  const has = (kind: ComparedFigure['change']): boolean => compared.some(({ change }) => change === kind);
  if (has('worse')) return { ...base, figures: compared, problems, regressed: 'yes' };
  return {
    ...base,
    figures: compared,
    problems,
    regressed: problems.length > 0 || has('unsure') || compared.length === 0 ? 'unproven' : 'no',
  };
};

const whatDiffers = (before: Compared, after: Compared): readonly string[] => {
  const said = (what: string, old: unknown, now: unknown): readonly string[] =>
    JSON.stringify(old) === JSON.stringify(now)
      ? []
      : [`the earlier run had another ${what}: ${JSON.stringify(old)}, not ${JSON.stringify(now)}`];
  return [
    ...said('plan', before.plan, after.plan),
    ...said('kind of arrivals', before.arrivals, after.arrivals),
    ...said('driver', before.driver, after.driver),
    ...said('request', { ...before.request, bodyBytes: 0 }, { ...after.request, bodyBytes: 0 }),
  ];
};

/** A late generator adds its own delay to the latencies, and takes from a throughput: a change could be its own, and could hide one of the target's. */
const whoWasLate = (phase: string, before: Compared, after: Compared): readonly string[] =>
  [
    { run: 'the earlier run', measured: before.measured },
    { run: 'this run', measured: after.measured },
  ].flatMap(({ run, measured }) =>
    measured.phases
      .filter((each) => each.name === phase && isLate(each))
      .map((each) => `${phase} is not compared: in ${run} ${lateText(each)}`),
  );

const valuesOf = ({ measured }: Compared, phase: string, figure: Figure): readonly number[] =>
  measured.slices.filter((slice) => slice.phase === phase && slice.sent > 0).flatMap((slice) => valueOf(slice, figure) ?? []);

const valueOf = (slice: SliceResult, figure: Figure): number | null => (figure === 'throughput' ? slice.ok / slice.seconds : slice[figure]);

const compareFigure = (
  phase: string,
  figure: Figure,
  old: readonly number[],
  now: readonly number[],
  tolerance: number,
  random: Random,
): ComparedFigure => {
  const [before, after] = [median(old), median(now)];
  const ratios = Array.from({ length: resamples }, () => median(drawAgain(now, random)) / median(drawAgain(old, random))).toSorted(
    (a, b) => a - b,
  );
  const low = ratios[Math.floor(resamples * 0.025)] as number;
  const high = ratios[Math.ceil(resamples * 0.975) - 1] as number;
  return { phase, figure, before, after, ratio: after / before, low, high, change: changeOf(figure, after / before, low, high, tolerance) };
};

/** More of a throughput is better, more of a latency is worse. */
const changeOf = (figure: Figure, ratio: number, low: number, high: number, tolerance: number): ComparedFigure['change'] => {
  const isMore = ratio > 1 + tolerance;
  const isLess = ratio < 1 / (1 + tolerance);
  if (!isMore && !isLess) return 'same';
  const isBetter = isMore === (figure === 'throughput');
  if (isMore ? low > 1 : high < 1) return isBetter ? 'better' : 'worse';
  return isBetter ? 'same' : 'unsure';
};

const drawAgain = (values: readonly number[], random: Random): readonly number[] => values.map(() => random.pick(values));

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
};
