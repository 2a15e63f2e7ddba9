// A scenario's run in sentences, for a reader who has never seen one: what was sent, what went wrong on purpose, and why the verdict is what it is.
import type { CheckResult, Dimension } from '../../checkers/check.ts';
import type { RunData } from '../../engine/run-data.ts';
import type { RunVerdict, ScenarioVerdict } from '../../engine/verdict.ts';
import { count, seconds } from '../console/numbers.ts';
import { describeFired } from '../describe-scenario.ts';

export const headline = ({ verdict, scenarios, errors }: RunVerdict): string => {
  const passed = scenarios.filter((scenario) => scenario.verdict === 'pass').length;
  const of = `${passed} of ${count(scenarios.length + unrun(errors, scenarios))} scenarios passed`;
  if (verdict === 'pass') return scenarios.length === 1 ? 'The scenario passed' : `All ${scenarios.length} scenarios passed`;
  if (verdict === 'fail') return `${whatFailed(scenarios)}: ${of}`;
  return errors.length > 0
    ? `The harness could not do its work: ${of}`
    : `Nothing wrong was proven, but not all of it can be trusted: ${of}`;
};

/** By the gravest of what failed: a budget that was missed is no broken promise. */
const whatFailed = (scenarios: readonly ScenarioVerdict[]): string => {
  const failed = new Set(
    scenarios.flatMap(({ results }) => results.filter(({ outcome }) => outcome === 'fail')).map(({ dimension }) => dimension),
  );
  return failures.find(([dimensions]) => dimensions.some((dimension) => failed.has(dimension)))?.[1] ?? 'Something was not as it has to be';
};

const failures: readonly (readonly [readonly Dimension[], string])[] = [
  [['safety'], 'A promise was broken'],
  [['agreement'], 'Telemetry does not say what happened'],
  [['liveness'], 'Not all of it was worked off'],
  [['expectation'], 'What a scenario is about did not go as it must'],
  [['detection'], 'An alert was missing or false'],
  [['budget'], 'A budget was missed'],
];

const unrun = (errors: RunVerdict['errors'], scenarios: readonly ScenarioVerdict[]): number =>
  new Set(errors.map(({ scenario }) => scenario).filter((name) => !scenarios.some(({ scenario }) => scenario === name))).size;

/** One paragraph; null data (a scenario that could not be read back) tells only what the verdict holds. */
export const story = (verdict: ScenarioVerdict, run: RunData | null): readonly string[] => [
  sent(verdict),
  ...faultsInWords(verdict),
  ...(run === null ? [] : [drainedInWords(run)]),
  alertsInWords(verdict),
  judged(verdict),
];

const sent = ({ counts, durationSeconds }: ScenarioVerdict): string => {
  const refused = counts.failed === 0 ? 'none was refused' : `${count(counts.failed)} were refused (${codes(counts.refusedByCode)})`;
  const unknown = counts.unknown === 0 ? '' : `, and ${count(counts.unknown)} ended unknown`;
  const again = counts.duplicatesSent === 0 ? '' : ` ${count(counts.duplicatesSent)} of them were second deliveries of the same event.`;
  return `${count(counts.operations)} deliveries were made over ${seconds(durationSeconds)}: ${count(counts.ok)} were acknowledged, ${refused}${unknown}.${again}`;
};

const codes = (byCode: Readonly<Record<string, number>>): string =>
  Object.entries(byCode)
    .map(([code, number]) => `${count(number)} ${code}`)
    .join(', ');

const faultsInWords = ({ faults }: ScenarioVerdict): readonly string[] => {
  if (faults.length === 0) return [];
  const seen = faults.filter(({ tookEffect }) => tookEffect).length;
  const healed = faults.filter((fault) => fault.healed).length;
  return [`${faults.length} faults were injected (numbered in the plots); ${seen} left evidence in the target, ${healed} were healed.`];
};

const alertsInWords = ({ alerts }: ScenarioVerdict): string =>
  alerts.length === 0 ? 'No alert fired.' : `Alerts fired: ${alerts.map((alert) => describeFired(alert)).join('; ')}.`;

const drainedInWords = ({ timeline }: RunData): string => {
  const lastPhase = timeline.phases.filter(({ kind }) => kind !== 'drain').at(-1);
  if (timeline.drainedAt === null) return `It never drained: ${timeline.drainPending.join('; ')}.`;
  const after = Math.max(0, timeline.drainedAt - (lastPhase?.to ?? timeline.zeroAt)) / 1000;
  return `Everything had drained ${seconds(after)} after the last phase.`;
};

const judged = ({ results, compared, verdict, notPossible = [] }: ScenarioVerdict): string => {
  const of = (outcome: CheckResult['outcome']): number => results.filter((result) => result.outcome === outcome).length;
  const agree = compared.filter(({ agrees }) => agrees).length;
  const narrowed = notPossible.length === 0 ? '' : ` ${notPossible.length} checks were not possible on this target.`;
  const witnesses = `history and telemetry were compared on ${compared.length} quantities and agreed on ${agree === compared.length ? 'all' : agree}`;
  if (verdict === 'pass') return `All ${results.length} checks held, and ${witnesses}. So it passed.${narrowed}`;
  const why = [
    ...(of('fail') > 0 ? [`${of('fail')} failed`] : []),
    ...(of('inconclusive') > 0 ? [`${of('inconclusive')} found nothing out`] : []),
  ].join(' and ');
  return `Of ${results.length} checks ${why}; ${witnesses}.${narrowed}`;
};

/** What each group of checks asks, and of whom. */
export const questions: Readonly<Record<Dimension, { readonly title: string; readonly asks: string }>> = {
  safety: {
    title: 'Safety',
    asks: 'Was every promise to clients kept? From the history of every delivery and the tables read back afterwards.',
  },
  expectation: { title: 'Expectations', asks: 'Did what this scenario is about go as it must?' },
  liveness: { title: 'Liveness', asks: 'Once faults were healed, did everything come to its end in time?' },
  agreement: { title: 'Agreement', asks: 'Do history and telemetry say the same of the same thing?' },
  budget: { title: 'Budgets', asks: 'Did the telemetry stay inside the allowed range of each signal?' },
  seen: { title: 'Seen', asks: 'Did what the scenario needs to mean anything really happen? If not, it is inconclusive.' },
  validity: {
    title: 'Validity',
    asks: 'Can the run be trusted: generator on time, faults effective, telemetry heard, machine not starved?',
  },
  detection: { title: 'Detection', asks: 'Did the right alerts fire soon, end soon after their cause did, and no others come?' },
};

export const dimensionOrder: readonly Dimension[] = [
  'safety',
  'expectation',
  'liveness',
  'agreement',
  'budget',
  'detection',
  'seen',
  'validity',
];
