// From a scenario and a seed to everything that is fixed before a run begins. Pure.
import type { Scenario } from '../scenario/scenario.ts';
import { digestOf, planTraffic, type TrafficPlan } from '../traffic/plan-traffic.ts';
import type { TrafficSource } from '../traffic/plan-events.ts';
import type { ScenarioPlan } from './run-data.ts';

export type PlannedScenario = {
  /** plan.json */
  readonly plan: ScenarioPlan;
  readonly traffic: TrafficPlan;
  /** What a driver needs to plan the same traffic by itself. */
  readonly source: TrafficSource;
};

/** `target`: where it is not faultline itself, its name and what it does not offer. */
export const planScenario = (scenario: Scenario, seed: number, target?: ScenarioPlan['target']): PlannedScenario => {
  const source: TrafficSource = { name: scenario.name, phases: scenario.phases, traffic: scenario.traffic };
  const traffic = planTraffic(source, seed);
  const plan: ScenarioPlan = { format: 1, scenario, seed, plannedOperations: traffic.operations.length, digest: digestOf(traffic, seed) };
  return { plan: target === undefined ? plan : { ...plan, target }, traffic, source };
};
