// verify --plan: what a scenario would do, on a timeline, and what it would be judged by. Runs nothing.
import { phaseOffsets } from '../engine/fault-schedule.ts';
import type { PlannedScenario } from '../engine/plan.ts';
import type { NotPossible } from '../engine/verdict.ts';
import { count } from '../report/console/numbers.ts';
import { boundOf, describeConsumers, describeExpected, describeTraffic } from '../report/describe-scenario.ts';
import { drawTimeline } from '../report/timeline.ts';
import { describeShape } from '../scenario/rate-shape.ts';
import { describeFault } from '../scenario/faults/describe-fault.ts';
import type { Budget, CheckReference, Detection, Scenario } from '../scenario/scenario.ts';

/** `notPossible`: what the target will not be judged by. */
export const showPlan = ({ plan, traffic }: PlannedScenario, notPossible: readonly NotPossible[] = []): string => {
  const { scenario } = plan;
  return `${[
    `${scenario.name}: ${scenario.title}`,
    ...wrap(scenario.why, 2),
    '',
    `  seed ${plan.seed}, ${count(plan.plannedOperations)} operations over ${traffic.durationMs / 1000} s, digest ${plan.digest.slice(0, 16)}`,
    `  processes  ${Object.entries(scenario.target.processes)
      .map(([role, number]) => `${number} ${role}`)
      .join(', ')}`,
    ...settingsOf(scenario),
    `  traffic    ${describeTraffic(scenario.traffic)}`,
    '',
    '  timeline',
    ...timelineOf(scenario, traffic.operations),
    '',
    ...listOf('must hold, beside the safety of every run', scenario.expectations),
    ...listOf('must have been seen for it to mean anything', scenario.mustBeSeen),
    ...budgetsOf(scenario.budgets),
    ...detectionOf(scenario.detection),
    ...notPossibleOf(notPossible, plan.target?.name ?? 'this target'),
    `  everything drained within ${scenario.drainWithinSeconds} s after the last phase`,
  ].join('\n')}\n`;
};

const settingsOf = ({ target, consumers }: Scenario): readonly string[] => [
  ...(consumers === undefined ? [] : [`  consumers  ${describeConsumers(consumers)}`]),
  ...Object.entries(target.environment ?? {}).map(([name, value]) => `  setting    ${name}=${value}`),
  ...(target.teamProcessor === true ? ["  processor  one of a team's own, which fails for events that ask for it"] : []),
  ...(target.faultyHandler === true ? ['  handler    user code that throws or hangs for events that ask for it'] : []),
  ...(target.slowHotKeys === true ? ['  handler    user code that takes ten milliseconds for each event of a hot key'] : []),
  ...(target.schemas === true ? ['  schemas    both versions of the events registered; user code reads the second'] : []),
];

const countByPhase = (operations: PlannedScenario['traffic']['operations']): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(operations, ({ phase }) => phase)].map(([phase, list]) => [phase, list.length]));

const timelineColumns = 72;

/** The drawing, then one row a phase: when, what, how much; its faults stand below it. */
const timelineOf = (scenario: Scenario, operations: PlannedScenario['traffic']['operations']): readonly string[] => {
  const { phases, faults } = scenario;
  const counts = countByPhase(operations);
  const offsets = phaseOffsets(phases);
  const drawn = drawTimeline(scenario, { columns: timelineColumns, arrivalsMs: operations.map(({ intendedAtMs }) => intendedAtMs) });
  const rows = phases.flatMap((phase) => {
    const from = (offsets.get(phase.name) ?? 0) / 1000;
    const shape = phase.shape === undefined ? '' : `, ${describeShape(phase.shape)}`;
    const rate = `${count(phase.ratePerSecond)}/s${shape}, ${count(counts.get(phase.name) ?? 0)} operations`;
    return [
      `  ${at(from)}  ${phase.name.padEnd(12)} ${phase.kind.padEnd(8)} ${String(phase.seconds).padStart(3)} s  ${rate}`,
      ...faults
        .filter((fault) => fault.at.phase === phase.name)
        .map((fault) => `  ${at(from + fault.at.afterSeconds)}    ↯ ${fault.name}: ${describeFault(fault)}`),
    ];
  });
  return [...drawn.map((line) => `    ${line}`.trimEnd()), '', ...rows];
};

const at = (value: number): string => `${value.toFixed(1)} s`.padStart(8);

const listOf = (title: string, references: readonly CheckReference[]): readonly string[] =>
  references.length === 0
    ? []
    : [
        `  ${title}`,
        ...references.map(({ check, parameters }) => `    ${check}${parameters === undefined ? '' : ` ${JSON.stringify(parameters)}`}`),
        '',
      ];

const budgetsOf = (budgets: readonly Budget[]): readonly string[] =>
  budgets.length === 0
    ? []
    : [
        '  budgets',
        ...budgets.flatMap((budget) => [
          `    ${budget.name} ${boundOf(budget)} in ${budget.phase === 'all' ? 'all phases' : budget.phase}`,
          ...wrap(budget.why, 6),
        ]),
        '',
      ];

const detectionOf = ({ fires, tolerated = [] }: Detection): readonly string[] => [
  fires.length === 0 ? '  no alert fires' : '  alerts that fire, and no others',
  ...fires.map((expected) => `    ${describeExpected(expected)}`),
  ...tolerated.flatMap(({ alert, why }) => [`    ${alert} may fire or not`, ...wrap(why, 6)]),
  '',
];

const notPossibleOf = (notPossible: readonly NotPossible[], target: string): readonly string[] =>
  notPossible.length === 0
    ? []
    : [
        `  not possible on ${target}, so the verdict will say nothing of it`,
        ...[...Map.groupBy(notPossible, ({ why }) => why)].flatMap(([why, list]) => [
          ...wrap(list.map(({ check }) => check).join(', '), 4),
          ...wrap(why, 6),
        ]),
        '',
      ];

const lineWidth = 110;

const wrap = (text: string, indent: number): readonly string[] => {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length + 1 > lineWidth - indent) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => ' '.repeat(indent) + line);
};
