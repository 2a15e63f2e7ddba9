// Every mistake of a scenario at once, each with its place, in the words of its author. Names of checks are looked up by the engine, which knows the registry.
import { consumersProblems } from './consumers.ts';
import { detectionProblems } from './detection-problems.ts';
import { bounds, newerFaultKinds, newerFaultProblems } from './faults/fault-problems.ts';
import { overlapProblems } from './faults/overlap-problems.ts';
import { type Problem, type Reporter, collectProblems, isAmount, isList, isName, isText, isWhole } from './problem.ts';
import { readsProblems } from './reads.ts';
import type { Budget, CheckReference, Fault, Phase, ProcessRole, Scenario } from './scenario.ts';
import { meanRate } from './rate-shape.ts';
import { shapeProblems } from './shape-problems.ts';
import { trafficProblems } from './traffic-problems.ts';

const roles = ['ingest', 'worker', 'query'] as const;
const phaseKinds = ['warm-up', 'steady', 'fault', 'heal'];
const mostSeconds = 3600;
const mostOperations = 1_000_000;

/** The fewest and most processes of each role that the target can have. */
export type Limits = { readonly least: Readonly<Record<ProcessRole, number>>; readonly most: Readonly<Record<ProcessRole, number>> };

const usualLimits: Limits = { least: { ingest: 1, worker: 1, query: 1 }, most: { ingest: 16, worker: 16, query: 16 } };

export const scenarioProblems = (scenario: Scenario, limits: Limits = usualLimits): readonly Problem[] =>
  collectProblems((report) => {
    if (typeof scenario !== 'object' || scenario === null) return report('scenario', 'must be an object');
    textProblems(scenario, report);
    targetProblems(scenario, limits, report);
    phaseProblems(scenario.phases, report);
    trafficProblems(scenario.traffic, report);
    readsProblems(scenario.reads, report);
    consumersProblems(scenario.consumers, report);
    if (scenario.consumers !== undefined && scenario.traffic?.tenants !== undefined)
      report('consumers', 'read without a key, and events of tenants are read with theirs');
    const phases = isList(scenario.phases) ? scenario.phases : [];
    each(scenario.faults, 'faults', report, (fault, place) => faultProblems(fault, place, scenario, phases, report));
    each(scenario.expectations, 'expectations', report, (reference, place) => referenceProblems(reference, place, report));
    each(scenario.mustBeSeen, 'mustBeSeen', report, (reference, place) => referenceProblems(reference, place, report));
    each(scenario.budgets, 'budgets', report, (budget, place) => budgetProblems(budget, place, phases, report));
    if (isList(scenario.faults)) overlapProblems(scenario.faults, phases, report);
    detectionProblems(scenario, report);
    twice(scenario.faults, 'faults', report);
    twice(scenario.phases, 'phases', report);
    twiceBudget(scenario.budgets, report);
    if (!isAmount(scenario.drainWithinSeconds))
      report('drainWithinSeconds', `must be a number above 0, not ${show(scenario.drainWithinSeconds)}`);
  });

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

const each = <Item>(items: readonly Item[], place: string, report: Reporter, visit: (item: Item, place: string) => void): void => {
  if (isList(items)) items.forEach((item, index) => visit(item, `${place}[${index}]`));
  else report(place, 'must be a list (it may be empty)');
};

const textProblems = ({ name, title, why, set }: Scenario, report: Reporter): void => {
  if (set !== undefined && set !== 'extra') report('set', `must be "extra" or be left out, not ${show(set)}`);
  if (!isName(name)) report('name', `must be lower-case words joined by hyphens, not ${show(name)}`);
  if (!isText(title)) report('title', 'must say in a line what happens');
  if (!isText(why)) report('why', 'must say what this scenario would have caught');
};

const targetProblems = ({ target }: Scenario, { least, most }: Limits, report: Reporter): void => {
  for (const role of roles) {
    const count = target?.processes?.[role];
    if (!isWhole(count, least[role], most[role]))
      report(`target.processes.${role}`, `must be a whole number from ${least[role]} to ${most[role]}, not ${show(count)}`);
  }
  for (const [name, value] of Object.entries(target?.environment ?? {})) {
    if (typeof value !== 'string') report(`target.environment.${name}`, `must be a string, as in a shell, not ${show(value)}`);
  }
};

const phaseProblems = (phases: readonly Phase[], report: Reporter): void => {
  if (!isList(phases) || phases.length === 0) return report('phases', 'must be a list with at least one phase');
  each(phases, 'phases', report, (phase, place) => {
    if (!isName(phase.name) || phase.name === 'all' || phase.name === 'drain') {
      report(`${place}.name`, `must be lower-case words joined by hyphens, and neither "all" nor "drain", not ${show(phase.name)}`);
    }
    if (!phaseKinds.includes(phase.kind)) report(`${place}.kind`, `must be one of ${phaseKinds.join(', ')}, not ${show(phase.kind)}`);
    if (!isAmount(phase.seconds) || phase.seconds > mostSeconds)
      report(`${place}.seconds`, `must be above 0 and at most ${mostSeconds}, not ${show(phase.seconds)}`);
    if (!isAmount(phase.ratePerSecond)) report(`${place}.ratePerSecond`, `must be a number above 0, not ${show(phase.ratePerSecond)}`);
    shapeProblems(phase, `${place}.shape`, report);
  });
  const operations = phases.reduce((sum, phase) => sum + phase.seconds * meanRate(phase), 0);
  if (operations > mostOperations)
    report('phases', `plan ${Math.round(operations)} operations; at most ${mostOperations} can be recorded and judged`);
};

const faultProblems = (fault: Fault, place: string, scenario: Scenario, phases: readonly Phase[], report: Reporter): void => {
  if (!isName(fault.name)) report(`${place}.name`, `must be lower-case words joined by hyphens, not ${show(fault.name)}`);
  const phase = phases.find(({ name }) => name === fault.at?.phase);
  if (phase === undefined)
    report(`${place}.at.phase`, `there is no phase ${show(fault.at?.phase)}; there are ${phases.map(({ name }) => name).join(', ')}`);
  else if (!(fault.at.afterSeconds >= 0 && fault.at.afterSeconds < phase.seconds)) {
    report(`${place}.at.afterSeconds`, `must be within the ${phase.seconds} s of phase ${phase.name}, not ${show(fault.at.afterSeconds)}`);
  }
  if ('role' in fault || rolesAreNeeded(fault.kind)) victimProblems(fault as Aimed, place, scenario, report);
  kindProblems(fault, place, report);
};

type Aimed = Extract<Fault, { readonly role: unknown }>;
const aimedKinds: readonly string[] = ['kill', 'pause', 'crash-loop', 'restart', 'slow-start', 'descriptors', 'clock', 'bad-release'];
const rolesAreNeeded = (kind: string): boolean => aimedKinds.includes(kind);

const victimProblems = ({ kind, role, index }: Aimed, place: string, { target, consumers }: Scenario, report: Reporter): void => {
  const isConsumer = role === 'consumer' && (kind === 'kill' || kind === 'pause');
  const count = isConsumer ? (consumers?.instances?.length ?? 0) : target?.processes?.[role as ProcessRole];
  if (count === 0) report(`${place}.role`, `is ${show(role)}, and there is none`);
  else if (count === undefined) report(`${place}.role`, `must be one of ${roles.join(', ')}${ofConsumers(kind)}, not ${show(role)}`);
  else if (!isWhole(index, 0, count - 1))
    report(`${place}.index`, `must be from 0 to ${count - 1}, for ${count} processes of role ${role}, not ${show(index)}`);
};

const ofConsumers = (kind: Aimed['kind']): string => (kind === 'kill' || kind === 'pause' ? ', or consumer' : '');

const kindProblems = (fault: Fault, place: string, report: Reporter): void => {
  switch (fault.kind) {
    case 'kill':
      if (!(fault.restartAfterSeconds >= 0 && fault.restartAfterSeconds <= bounds.seconds))
        report(`${place}.restartAfterSeconds`, `must be from 0 to ${bounds.seconds}, not ${show(fault.restartAfterSeconds)}`);
      if (fault.inside !== undefined && fault.role !== 'worker')
        report(`${place}.inside`, 'only a worker can be killed inside a transaction on the read model');
      return;
    case 'pause':
      if (!isAmount(fault.seconds) || fault.seconds > bounds.seconds)
        report(`${place}.seconds`, `must be above 0 and at most ${bounds.seconds}, not ${show(fault.seconds)}`);
      return;
    default:
      if (newerFaultKinds.includes(fault.kind)) newerFaultProblems(fault, place, report);
      else
        report(
          `${place}.kind`,
          `must be one of kill, pause, ${newerFaultKinds.join(', ')}, not ${show((fault as { kind?: unknown }).kind)}`,
        );
  }
};

const referenceProblems = (reference: CheckReference, place: string, report: Reporter): void => {
  if (!isText(reference?.check)) report(`${place}.check`, 'must be the name of a check');
};

const budgetProblems = (budget: Budget, place: string, phases: readonly Phase[], report: Reporter): void => {
  for (const field of ['name', 'why', 'promql', 'unit'] as const) {
    if (!isText(budget[field])) report(`${place}.${field}`, 'must not be empty');
  }
  if (budget.phase !== 'all' && !phases.some(({ name }) => name === budget.phase)) {
    report(`${place}.phase`, `there is no phase ${show(budget.phase)}; there are all, ${phases.map(({ name }) => name).join(', ')}`);
  }
  if (budget.over !== 'end' && budget.over !== 'every-step') report(`${place}.over`, `must be end or every-step, not ${show(budget.over)}`);
  if (budget.knownShare !== undefined && !(budget.knownShare > 0 && budget.knownShare <= 1))
    report(`${place}.knownShare`, `must be a share above 0 and up to 1, not ${show(budget.knownShare)}`);
  if (budget.knownShare !== undefined && budget.over === 'end') report(`${place}.knownShare`, 'is of steps, and over: end has one');
  const bounds = [budget.atMost, budget.atLeast].filter((bound) => bound !== undefined);
  if (bounds.length === 0 || !bounds.every(Number.isFinite))
    report(place, 'must have atMost or atLeast, as a number: without a bound it can not fail');
  if (isText(budget.promql) && !budget.promql.includes('$run'))
    report(`${place}.promql`, 'must select this run with $run, or it would read the samples of others');
};

const twice = (items: readonly { readonly name: string }[], place: string, report: Reporter): void => {
  if (!isList(items)) return;
  items.forEach(({ name }, index) => {
    if (items.findIndex((item) => item.name === name) < index) report(`${place}[${index}].name`, `${show(name)} is there twice`);
  });
};

const twiceBudget = (budgets: readonly Budget[], report: Reporter): void => {
  if (isList(budgets))
    twice(
      budgets.map(({ name, phase }) => ({ name: `${name}@${phase}` })),
      'budgets',
      report,
    );
};
