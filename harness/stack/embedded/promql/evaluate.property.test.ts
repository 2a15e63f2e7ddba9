import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from './evaluate.ts';
import { evaluate } from './evaluate.ts';
import { labelsFrom, labelValue } from './labels.ts';
import { matchesAll } from './matcher.ts';
import { isStaleAt, writeStaleMarker } from './storage.ts';
import type { Samples, Storage, StoredSeries } from './storage.ts';
import { spoilingReads, storageOf } from './series-text.ts';

// Series with jitter, gaps, resets and stale markers: what real ones have.
const point = fc.record({
  gapMs: fc.integer({ min: 1, max: 40_000 }),
  value: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 100 }) }, { weight: 1, arbitrary: fc.constant('stale' as const) }),
});

type Series = Samples & Pick<StoredSeries, 'labels'>;

const spoilLast = spoilingReads();

const storedSeries = (index: number): fc.Arbitrary<Series> =>
  fc.array(point, { maxLength: 30 }).map((points) => {
    const values = new Float64Array(points.length);
    let timeMs = 0;
    const timesMs = Float64Array.from(points, ({ gapMs }) => (timeMs += gapMs));
    points.forEach(({ value }, position) => {
      if (value === 'stale') writeStaleMarker(values, position);
      else values[position] = value;
    });
    return {
      labels: labelsFrom({ __name__: index < 4 ? 'x_total' : 'y_total', a: String(index % 2), b: String(index % 4) }),
      timesMs,
      values,
    };
  });

const anyStorage: fc.Arbitrary<Storage> = fc.tuple(...[0, 1, 2, 3, 4, 5].map(storedSeries)).map((all) => ({
  select: (matchers, fromMs, toMs) =>
    all
      .filter((series) => matchesAll(series.labels, matchers))
      .map(({ labels, timesMs, values }) => {
        const from = timesMs.filter((time) => time < fromMs).length;
        const to = Math.max(from, timesMs.filter((time) => time <= toMs).length);
        return { labels, read: () => spoilLast({ timesMs: timesMs.slice(from, to), values: values.slice(from, to) }) };
      }),
}));

const ranged = [
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'deriv',
  'changes',
  'resets',
  'avg_over_time',
  'sum_over_time',
  'stddev_over_time',
];
const grouped = ['sum', 'avg', 'min', 'max', 'count', 'stddev', 'group'];

const expression: fc.Arbitrary<string> = fc.letrec<{ vector: string }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('x_total', 'y_total', 'x_total{a="1"}', 'x_total offset 10s', 'x_total @ 60', 'x_total @ end()', 'timestamp(x_total)'),
    fc
      .tuple(fc.constantFrom(...ranged), fc.constantFrom('30s', '2m', '90s] offset 5s#'))
      .map(([name, time]) => `${name}(x_total[${time.replace('#', '')}${time.endsWith('#') ? '' : ']'})`),
    fc
      .tuple(fc.constantFrom(...grouped), fc.constantFrom('', ' by (a)', ' without (b)'), tie('vector'))
      .map(([name, by, inner]) => `${name}${by} (${inner})`),
    fc
      .tuple(tie('vector'), fc.constantFrom('+', '-', '*', '> bool', '<', '=='), fc.integer({ min: 0, max: 9 }))
      .map(([v, op, n]) => `(${v} ${op} ${n})`),
    fc.tuple(tie('vector'), fc.constantFrom('and', 'or', 'unless')).map(([inner, op]) => `(${inner} ${op} on(b) y_total)`),
    tie('vector').map((inner) => `max_over_time((${inner})[1m:15s])`),
    tie('vector').map((inner) => `-(${inner})`),
    tie('vector').map((inner) => `topk(2, ${inner})`),
  ),
})).vector;

const attempt = (run: () => Result): Result | string => {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
};

const stepMs = 7_000;
const window = { kind: 'range', startMs: 30_000, endMs: 30_000 + 12 * stepMs, stepMs } as const;

const pointsAt = (result: Result, timeMs: number): string[] => {
  if (result.type !== 'matrix') throw new Error(`not a matrix: ${result.type}`);
  return result.series
    .flatMap(({ labels, points }) =>
      points.filter((one) => one.timeMs === timeMs).map(({ value }) => `${labels.key} ${value.toPrecision(9)}`),
    )
    .sort();
};

describe('a range query', () => {
  it('gives at each step what an instant query gives at that time', () => {
    fc.assert(
      fc.property(anyStorage, expression, (storage, query) => {
        // @ end() means another time in an instant query.
        const atEnd = query.replaceAll('@ end()', `@ ${window.endMs / 1000}`);
        const whole = attempt(() => evaluate(query, window, storage).result);
        if (typeof whole === 'string') return;
        for (let timeMs = window.startMs; timeMs <= window.endMs; timeMs += stepMs) {
          const { result } = evaluate(atEnd, { kind: 'instant', timeMs }, storage);
          if (result.type !== 'vector') throw new Error(`not a vector: ${result.type}`);
          const alone = result.samples.map(({ labels, value }) => `${labels.key} ${value.toPrecision(9)}`).sort();
          expect(pointsAt(whole, timeMs), `${query} at ${timeMs}`).toEqual(alone);
        }
      }),
      { numRuns: 120 },
    );
  });
});

describe('an aggregation', () => {
  it('is the same whether its series come one at a time or all together', () => {
    const inner = fc.oneof(
      fc.constantFrom('x_total', '(y_total)', 'x_total offset 10s', 'x_total @ 60'),
      fc.constantFrom(...ranged).map((name) => `${name}(x_total[1m])`),
      fc.constant('quantile_over_time(0.5, x_total[1m])'),
    );
    fc.assert(
      fc.property(
        anyStorage,
        fc.constantFrom(...grouped, 'stdvar'),
        fc.constantFrom('', 'by (a)', 'without (b)'),
        inner,
        (storage, name, by, of) => {
          const ask = (query: string): Result => evaluate(query, window, storage).result;
          // With every label replaced by itself nothing changes but the way: label_replace needs all of its series.
          expect(ask(`${name} ${by} (${of})`)).toEqual(ask(`${name} ${by} (label_replace(${of}, "c", "$1", "c", "(.*)"))`));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('refuses series that become equal without their names, as without it', () => {
    const storage = storageOf('a_total{x="1"} 0+1x10\nb_total{x="1"} 0+2x10');
    for (const query of ['rate({x="1"}[5m])', 'sum(rate({x="1"}[5m]))']) {
      expect(() => evaluate(query, window, storage), query).toThrow('vector cannot contain metrics with the same labelset');
    }
    const { result } = evaluate('sum({x="1"})', { kind: 'instant', timeMs: 60_000 }, storage);
    expect(result).toMatchObject({ samples: [{ value: 3 }] });
  });
});

/** As slow and plain as the definition reads. */
const naiveRate = (series: Samples, endMs: number, rangeMs: number): number | undefined => {
  const samples = [...series.timesMs.keys()]
    .filter((index) => !isStaleAt(series.values, index))
    .map((index) => ({ timeMs: series.timesMs[index]!, value: series.values[index]! }))
    .filter(({ timeMs }) => timeMs > endMs - rangeMs && timeMs <= endMs);
  if (samples.length < 2) return undefined;
  const steps = samples.slice(1).map(({ value }, index) => (value < samples[index]!.value ? value : value - samples[index]!.value));
  const growth = steps.reduce((sum, step) => sum + step, 0);
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const coveredMs = last.timeMs - first.timeMs;
  const averageMs = coveredMs / (samples.length - 1);
  const reach = (gapMs: number): number => (gapMs >= averageMs * 1.1 ? averageMs / 2 : gapMs);
  const toZeroMs = growth > 0 ? coveredMs * (first.value / growth) : Infinity;
  const beforeMs = Math.min(reach(first.timeMs - (endMs - rangeMs)), toZeroMs);
  return (growth * ((coveredMs + beforeMs + reach(endMs - last.timeMs)) / coveredMs)) / (rangeMs / 1000);
};

describe('rate', () => {
  it('equals its definition on any series', () => {
    fc.assert(
      fc.property(anyStorage, fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 1_000, max: 200_000 }), (storage, endMs, rangeMs) => {
        const { result } = evaluate(`rate(x_total[${rangeMs}ms])`, { kind: 'instant', timeMs: endMs }, storage);
        if (result.type !== 'vector') throw new Error(result.type);
        for (const series of storage.select([], 0, Infinity).filter(({ labels }) => labelValue(labels, '__name__') === 'x_total')) {
          const own = result.samples.find(({ labels }) => labelValue(labels, 'b') === labelValue(series.labels, 'b'));
          const expected = naiveRate(series.read(), endMs, rangeMs);
          // Ten digits: the two sum in another order.
          expect(own?.value.toPrecision(10)).toBe(expected?.toPrecision(10));
        }
      }),
    );
  });
});
