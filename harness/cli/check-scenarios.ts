// All that is wrong with the scenarios that are about to run: with what they say, with the checks and alerts that they name, and with what they ask of the target.
import { join } from 'node:path';
import { HarnessError } from '../engine/errors.ts';
import { referenceProblems } from '../engine/reference-problems.ts';
import { placeInSource } from '../scenario/places.ts';
import type { Problem } from '../scenario/problem.ts';
import type { Fault, Scenario } from '../scenario/scenario.ts';
import { readRuleNames } from '../signals/alert-rules.ts';
import { checkNeeds, needsOfFault } from '../targets/check-needs.ts';
import type { TargetDefinition } from '../targets/definition.ts';
import { impossibleFor, type Offer } from '../targets/offers.ts';
import { alertProblems } from './alert-problems.ts';
import { checks, neededParameters } from './checks.ts';
import type { LoadedScenario } from './load-scenarios.ts';

/** Throws FL_SCENARIO_INVALID with one line a problem, each with its place; otherwise gives the scenarios back, ready to be planned. */
export const checkScenarios = (chosen: readonly LoadedScenario[], target: TargetDefinition): readonly Scenario[] => {
  const lines = chosen.flatMap((loaded) =>
    problemsOf(loaded, target).map(({ place, message }) => `  ${join(loaded.name, place)}: ${message}`),
  );
  if (lines.length > 0)
    throw new HarnessError(
      'FL_SCENARIO_INVALID',
      `scenarios have ${lines.length} ${lines.length === 1 ? 'mistake' : 'mistakes'}:\n${lines.join('\n')}`,
    );
  return chosen.flatMap(({ scenario }) => scenario ?? []);
};

const problemsOf = ({ scenario, problems, source }: LoadedScenario, target: TargetDefinition): readonly Problem[] => {
  if (scenario === null) return problems;
  const known = { expectations: checks.expectations, mustBeSeen: checks.mustBeSeen };
  const names = target.alerts === null ? null : readRuleNames(target.alerts.rulesFile).alerts;
  const found = [
    ...referenceProblems(scenario, known, neededParameters),
    ...(names === null ? withoutAlerts(scenario) : alertProblems(scenario, names)),
    ...askedTooMuch(scenario, target),
  ];
  return [
    ...problems,
    ...(source === null ? found : found.map(({ place, message }) => ({ place: placeInSource(place, scenario), message }))),
  ];
};

const withoutAlerts = ({ detection }: Scenario): readonly Problem[] =>
  detection.fires.map((_alert, index) => ({ place: `detection.fires[${index}].alert`, message: 'this target has no alerts' }));

/** A fault that can't be carried out, or proof that can't be found, leaves nothing to run for; what merely can't be judged narrows the verdict. */
const askedTooMuch = (
  { faults, mustBeSeen, traffic, consumers, target: needed }: Scenario,
  { name, lacks, sendFile }: TargetDefinition,
): readonly Problem[] => [
  ...faults.flatMap((fault, index) =>
    tooMuch(`faults[${index}].kind`, `a fault of kind ${fault.kind}`, impossibleFor(needsOf(fault), lacks)),
  ),
  ...mustBeSeen.flatMap(({ check }, index) => tooMuch(`mustBeSeen[${index}].check`, check, impossibleFor(checkNeeds[check] ?? [], lacks))),
  ...(traffic.tenants !== undefined ? tooMuch('traffic.tenants', 'traffic of tenants', impossibleFor(['tenants'], lacks)) : []),
  ...(traffic.transport === 'udp' ? tooMuch('traffic.transport', 'traffic by UDP', impossibleFor(['datagrams'], lacks)) : []),
  ...(consumers !== undefined ? tooMuch('consumers', 'consuming elsewhere', impossibleFor(['consumers'], lacks)) : []),
  ...(traffic.batch !== undefined && sendFile !== undefined
    ? [{ place: 'traffic.batch', message: `batches are those of the contract, and ${name} is sent requests of its own` }]
    : []),
  ...(traffic.poison !== undefined && sendFile !== undefined
    ? [{ place: 'traffic.poison', message: `poison is made of bodies of the contract, and ${name} is sent others` }]
    : []),
  ...(needed.teamProcessor === true && lacks['dead-letters'] !== undefined
    ? [{ place: 'target.teamProcessor', message: `${name} runs no processor of a team's own` }]
    : []),
  ...(needed.faultyHandler === true && lacks['dead-letters'] !== undefined
    ? [{ place: 'target.faultyHandler', message: `${name} has no handler that the harness could replace` }]
    : []),
  ...(needed.slowHotKeys === true && lacks['dead-letters'] !== undefined
    ? [{ place: 'target.slowHotKeys', message: `${name} has no handler that the harness could replace` }]
    : []),
  ...(needed.schemas === true && name !== 'faultline'
    ? [{ place: 'target.schemas', message: `${name} is not known to have a registry of schemas` }]
    : []),
];

/** To die inside a transaction a process must have one on a read model that can be locked. */
const needsOf = (fault: Fault): readonly Offer[] => [...needsOfFault(fault.kind), ...('inside' in fault ? (['read-models'] as const) : [])];

const tooMuch = (place: string, what: string, why: string | null): readonly Problem[] =>
  why === null ? [] : [{ place, message: `${what} is not possible here: ${why}` }];
