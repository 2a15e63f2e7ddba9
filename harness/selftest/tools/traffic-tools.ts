// Every shape of traffic: a plan of that shape has the property that it is named for, and one of another shape does not.
import { quietScenario } from '../../checkers/testing/simulated-run.ts';
import { planScenario } from '../../engine/plan.ts';
import type { RateShape, Recording, Traffic } from '../../scenario/scenario.ts';
import type { ToolCase } from './tool-case.ts';
import {
  countVariation,
  distinctClocks,
  gapVariation,
  hottestShare,
  lateShare,
  levels,
  type Plan,
  shareBetween,
  shareOf,
} from './traffic-shapes.ts';

type Drawn = Partial<Traffic> & { readonly shape?: RateShape };
type Shape = {
  readonly name: string;
  readonly traffic: Drawn;
  readonly other: Drawn;
  readonly otherName: string;
  /** A number that tells the shape from the other, and where it must lie. */
  readonly measure: (plan: Plan) => number;
  readonly within: readonly [from: number, to: number];
  readonly unit: string;
};

const base: Traffic = { arrivals: 'constant', keys: { kind: 'uniform', count: 100 } };

/** Twenty seconds: at 500/s, or from 100/s on where the rate has a shape. */
const planOf = ({ shape, ...traffic }: Drawn): Plan => {
  const phase = { name: 'only', kind: 'steady', seconds: 20, ratePerSecond: shape === undefined ? 500 : 100 } as const;
  const phases = [shape === undefined ? phase : { ...phase, shape }];
  return planScenario({ ...quietScenario, phases, traffic: { ...base, ...traffic } }, 11).traffic.operations;
};

const poisson = { arrivals: 'poisson' } as const;
const zipf = { keys: { kind: 'zipf', count: 100, exponent: 1 } } as const;
const ramp = { shape: { kind: 'ramp', toPerSecond: 1000 } } as const;
const recording: Recording = {
  keys: [['shop', 'recorded']],
  events: Array.from({ length: 50 }, () => ({ key: 0, eventName: 'order.placed', sequence: null, poison: null })),
  deliveries: Array.from({ length: 50 }, (_unused, event) => [event * event * 1000 + 7, event] as const),
};
const isRecorded = new Set(recording.deliveries.map(([atUs]) => atUs / 1000));

const arrivals: readonly Shape[] = [
  {
    name: 'constant arrivals',
    traffic: {},
    other: poisson,
    otherName: 'Poisson',
    measure: gapVariation,
    within: [0, 0.01],
    unit: 'variation of gaps',
  },
  {
    name: 'Poisson arrivals',
    traffic: poisson,
    other: {},
    otherName: 'constant',
    measure: gapVariation,
    within: [0.95, 1.05],
    unit: 'variation of gaps',
  },
  {
    name: 'replay',
    traffic: { arrivals: 'replay', replay: recording },
    other: {},
    otherName: 'constant',
    within: [1, 1],
    unit: 'at recorded times',
    measure: (plan) => shareOf(plan, ({ intendedAtMs }) => isRecorded.has(intendedAtMs)),
  },
  {
    name: 'ramp',
    traffic: ramp,
    other: {},
    otherName: 'constant',
    within: [0.69, 0.72],
    unit: 'in the second half',
    measure: (plan) => shareBetween(10_000, 20_000, plan),
  },
  {
    name: 'step',
    traffic: { shape: { kind: 'step', toPerSecond: 1000, steps: 4 } },
    other: ramp,
    otherName: 'a ramp',
    measure: levels,
    within: [4, 4],
    unit: 'rates',
  },
  {
    name: 'spike',
    traffic: { shape: { kind: 'spike', toPerSecond: 1000, afterSeconds: 5, seconds: 2 } },
    other: {},
    otherName: 'constant',
    measure: (plan) => shareBetween(5000, 7000, plan),
    within: [0.51, 0.54],
    unit: 'in its two seconds',
  },
  {
    name: 'diurnal',
    traffic: { shape: { kind: 'diurnal', toPerSecond: 1000, periodSeconds: 20 } },
    other: ramp,
    otherName: 'a ramp',
    measure: (plan) => shareBetween(5000, 15_000, plan),
    within: [0.74, 0.78],
    unit: 'around noon',
  },
  {
    name: 'bursty',
    traffic: { shape: { kind: 'bursty', toPerSecond: 1000, burstSeconds: 0.5, calmSeconds: 0.5 } },
    other: poisson,
    otherName: 'Poisson',
    measure: countVariation,
    within: [0.5, 1.2],
    unit: 'variation of counts',
  },
];

const contents: readonly Shape[] = [
  {
    name: 'uniform keys',
    traffic: {},
    other: zipf,
    otherName: 'Zipf',
    measure: (plan) => hottestShare(1, plan),
    within: [0.01, 0.02],
    unit: 'of the hottest key',
  },
  {
    name: 'Zipf keys',
    traffic: zipf,
    other: {},
    otherName: 'uniform',
    measure: (plan) => hottestShare(1, plan),
    within: [0.17, 0.22],
    unit: 'of the hottest key',
  },
  {
    name: 'hot keys',
    traffic: { keys: { kind: 'hot', count: 100, hot: 2, share: 0.8 } },
    other: zipf,
    otherName: 'Zipf',
    measure: (plan) => hottestShare(2, plan),
    within: [0.77, 0.83],
    unit: 'of the two hottest keys',
  },
  {
    name: 'duplicates',
    traffic: { duplicates: { share: 0.05, withinMs: 500 } },
    other: {},
    otherName: 'no duplicates',
    within: [0.04, 0.055],
    measure: (plan) => shareOf(plan, ({ delivery }) => delivery === 'duplicate'),
    unit: 'delivered again',
  },
  {
    name: 'disorder',
    traffic: { sequenced: true, disorder: { share: 0.3, places: 200 } },
    other: { sequenced: true },
    otherName: 'order',
    measure: lateShare,
    within: [0.05, 0.35],
    unit: 'after a later one',
  },
  {
    name: 'poison',
    traffic: { poison: { share: 0.02, kinds: ['broken-json', 'handler-throws'] } },
    other: {},
    otherName: 'no poison',
    measure: (plan) => shareOf(plan, ({ poison }) => poison !== null),
    within: [0.015, 0.025],
    unit: 'poisoned',
  },
  {
    name: 'late events',
    traffic: { late: { share: 0.1, byMs: 60_000 } },
    other: { early: { share: 0.1, byMs: 60_000 } },
    otherName: 'early ones',
    measure: (plan) => shareOf(plan, ({ clockOffMs = 0 }) => clockOffMs < 0),
    within: [0.08, 0.12],
    unit: 'from before',
  },
  {
    name: 'early events',
    traffic: { early: { share: 0.1, byMs: 60_000 } },
    other: { late: { share: 0.1, byMs: 60_000 } },
    otherName: 'late ones',
    measure: (plan) => shareOf(plan, ({ clockOffMs = 0 }) => clockOffMs > 0),
    within: [0.08, 0.12],
    unit: 'from a time to come',
  },
  {
    name: 'skewed producers',
    traffic: { producers: { count: 5, skewMs: 10_000 } },
    other: {},
    otherName: 'one clock',
    measure: distinctClocks,
    within: [5, 5],
    unit: 'clocks',
  },
];

export const trafficTools = (): readonly ToolCase[] =>
  [...arrivals, ...contents].map(({ name, traffic, other, otherName, measure, within: [from, to], unit }) => {
    const look = (of: Drawn) => {
      const value = measure(planOf(of));
      return {
        isIn: value >= from && value <= to,
        said: `${Number(value.toFixed(3))} ${unit}, must be ${from === to ? from : `${from} to ${to}`}`,
      };
    };
    return {
      name,
      kind: 'traffic',
      red: { what: `a plan with ${otherName}`, show: () => ({ asItMust: !look(other).isIn, said: look(other).said }) },
      green: { what: 'a plan of this shape', show: () => ({ asItMust: look(traffic).isIn, said: look(traffic).said }) },
    };
  });
