// From what an author writes to what planning, running and judging read: names become fields, measures become questions, and what is left out becomes explicit.
import type { Measures } from './measure.ts';
import type { Budget, CheckReference, Detection, Fault, Phase, ProcessRole, Scenario } from './scenario.ts';
import type { BudgetSource, BudgetsSource, ScenarioSource } from './source.ts';

/** What the target says of itself. */
export type CompileOptions = {
  readonly measures: Measures;
  readonly usualProcesses: Readonly<Record<ProcessRole, number>>;
};

/** Never throws for a wrong value: whoever asks for problems finds it in the result, at the place where it then stands. */
export const compileScenario = (source: ScenarioSource, { measures, usualProcesses }: CompileOptions): Scenario => ({
  name: source.name,
  title: source.title,
  why: source.why,
  ...(source.set === undefined ? {} : { set: source.set }),
  target: targetOf(source, usualProcesses),
  phases: Object.entries(source.phases).map(([name, { budgets: _budgets, ...phase }]): Phase => ({ name, ...phase })),
  traffic: source.traffic,
  ...(source.reads === undefined ? {} : { reads: source.reads }),
  ...(source.consumers === undefined ? {} : { consumers: source.consumers }),
  faults: Object.entries(source.faults ?? {}).map(([name, fault]) => ({ ...fault, name }) as Fault),
  expectations: Object.entries(source.expect ?? {}).map(([check, parameters]) => referenceOf(check, parameters)),
  mustBeSeen: Object.entries(source.seen ?? {}).map(([what, atLeast]) => ({ check: `${what}-seen`, parameters: { atLeast } })),
  budgets: budgetsOf(source, measures),
  detection: detectionOf(source),
  drainWithinSeconds: source.drainWithinSeconds,
});

const targetOf = ({ needs = {} }: ScenarioSource, usual: CompileOptions['usualProcesses']): Scenario['target'] => ({
  processes: { ...usual, ...needs.processes },
  ...(needs.settings === undefined ? {} : { environment: needs.settings }),
  ...(needs.faultyHandler === undefined ? {} : { faultyHandler: needs.faultyHandler }),
  ...(needs.schemas === undefined ? {} : { schemas: needs.schemas }),
  ...(needs.slowHotKeys === undefined ? {} : { slowHotKeys: needs.slowHotKeys }),
  ...(needs.teamProcessor === undefined ? {} : { teamProcessor: needs.teamProcessor }),
});

const referenceOf = (check: string, parameters: true | CheckReference['parameters']): CheckReference =>
  parameters === true || parameters === undefined ? { check } : { check, parameters };

/** Those of the phases in their order, then those of the whole run. */
const budgetsOf = ({ phases, budgets = {} }: ScenarioSource, measures: Measures): readonly Budget[] => {
  const inPhase = (phase: string, of: BudgetsSource): readonly Budget[] =>
    Object.entries(of).map(([name, budget]) => budgetOf(name, phase, budget, measures));
  return [...Object.entries(phases).flatMap(([name, phase]) => inPhase(name, phase.budgets ?? {})), ...inPhase('all', budgets)];
};

const budgetOf = (name: string, phase: string, source: BudgetSource, measures: Measures): Budget => {
  const { measure: measureName = name, why, atMost, atLeast, ...own } = source;
  const { means: _means, ...measure } = Object.hasOwn(measures, measureName) ? (measures[measureName] as Measures[string]) : noMeasure;
  return {
    name,
    why,
    ...measure,
    ...own,
    phase,
    ...(atMost === undefined ? {} : { atMost }),
    ...(atLeast === undefined ? {} : { atLeast }),
  };
};

/** Found as a mistake before it is ever asked. */
const noMeasure = { promql: '', over: 'end', unit: '', means: '' } as const;

const detectionOf = ({ alerts, mayFire }: ScenarioSource): Detection => {
  const fires = (alerts === 'none' ? [] : Object.entries(alerts)).flatMap(([alert, { after, withinSeconds, resolvesWithinSeconds }]) =>
    [after].flat().map((cause) => ({ alert, cause, withinSeconds, resolvesWithinSeconds })),
  );
  return mayFire === undefined ? { fires } : { fires, tolerated: Object.entries(mayFire).map(([alert, why]) => ({ alert, why })) };
};
