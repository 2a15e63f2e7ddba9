// Every shape of traffic: a plan of that shape has the property that it is named for, and one of another shape does not.
import { quietScenario } from '../../checkers/testing/simulated-run.ts';
import { planScenario } from '../../engine/plan.ts';
import type { Traffic } from '../../scenario/scenario.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import type { ToolCase } from './tool-case.ts';

type Plan = readonly PlannedOperation[];
type Shape = {
  readonly name: string;
  readonly traffic: Partial<Traffic>;
  readonly other: Partial<Traffic>;
  readonly otherName: string;
  /** A number that tells the shape from others, and where it must lie. */
  readonly measure: (plan: Plan) => number;
  readonly within: readonly [from: number, to: number];
  readonly unit: string;
};

const base: Traffic = { arrivals: 'constant', keys: { kind: 'uniform', count: 100 } };
const phases = [{ name: 'only', kind: 'steady', seconds: 20, ratePerSecond: 500 }] as const;

const planOf = (traffic: Partial<Traffic>): Plan =>
  planScenario({ ...quietScenario, phases, traffic: { ...base, ...traffic } }, 11).traffic.operations;

/** Deviation of the gaps over their mean: 0 of a clock, 1 of a Poisson process. */
const gapVariation = (plan: Plan): number => {
  const gaps = plan.slice(1).map(({ intendedAtMs }, index) => intendedAtMs - (plan[index]?.intendedAtMs ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
};

const shareOf = (plan: Plan, is: (operation: PlannedOperation) => boolean): number => plan.filter(is).length / plan.length;

const hottestShare = (plan: Plan): number =>
  Math.max(...[...Map.groupBy(plan, ({ systemName, objectId }) => `${systemName}/${objectId}`).values()].map(({ length }) => length)) /
  plan.length;

/** Of numbered events: the share that comes after a later one of its key. */
const lateShare = (plan: Plan): number => {
  const latest = new Map<string, number>();
  return shareOf(plan, ({ systemName, objectId, sequence }) => {
    const [key, number] = [`${systemName}/${objectId}`, sequence ?? 0];
    const isLate = number < (latest.get(key) ?? 0);
    latest.set(key, Math.max(number, latest.get(key) ?? 0));
    return isLate;
  });
};

const duplicates = { duplicates: { share: 0.05, withinMs: 500 } };
const disorder = { sequenced: true, disorder: { share: 0.3, places: 200 } };
const poison = { poison: { share: 0.02, kinds: ['broken-json', 'handler-throws'] as const } };
const zipf = { keys: { kind: 'zipf', count: 100, exponent: 1 } } as const;
const poisson = { arrivals: 'poisson' } as const;

const shapes: readonly Shape[] = [
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
    name: 'uniform keys',
    traffic: {},
    other: zipf,
    otherName: 'Zipf',
    measure: hottestShare,
    within: [0.01, 0.02],
    unit: 'of the hottest key',
  },
  {
    name: 'Zipf keys',
    traffic: zipf,
    other: {},
    otherName: 'uniform',
    measure: hottestShare,
    within: [0.17, 0.22],
    unit: 'of the hottest key',
  },
  {
    ...{ name: 'duplicates', traffic: duplicates, other: {}, otherName: 'no duplicates', within: [0.04, 0.055], unit: 'delivered again' },
    measure: (plan) => shareOf(plan, ({ delivery }) => delivery === 'duplicate'),
  },
  {
    name: 'disorder',
    traffic: disorder,
    other: { sequenced: true },
    otherName: 'order',
    measure: lateShare,
    within: [0.05, 0.35],
    unit: 'late',
  },
  {
    ...{ name: 'poison', traffic: poison, other: {}, otherName: 'no poison', within: [0.015, 0.025], unit: 'poisoned' },
    measure: (plan) => shareOf(plan, (operation) => operation.poison !== null),
  },
];

export const trafficTools = (): readonly ToolCase[] =>
  shapes.map(({ name, traffic, other, otherName, measure, within: [from, to], unit }) => {
    const look = (of: Partial<Traffic>) => {
      const value = measure(planOf(of));
      return { isIn: value >= from && value <= to, said: `${value.toFixed(3)} ${unit}, must be ${from} to ${to}` };
    };
    return {
      name,
      kind: 'traffic',
      red: { what: `a plan with ${otherName}`, show: () => ({ asItMust: !look(other).isIn, said: look(other).said }) },
      green: { what: 'a plan of this shape', show: () => ({ asItMust: look(traffic).isIn, said: look(traffic).said }) },
    };
  });
