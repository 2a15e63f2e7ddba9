// Where in an author's own text something of the compiled scenario stands: faults[2].at.phase is faults.pause-beyond-lease.at.phase.
import type { Scenario } from './scenario.ts';

type Namer = (scenario: Scenario, index: number) => string | undefined;

const phaseAt: Namer = ({ phases }, index) => phases[index]?.name;
const expectedAt: Namer = ({ expectations }, index) => expectations[index]?.check;
const seenAt: Namer = ({ mustBeSeen }, index) => mustBeSeen[index]?.check.replace(/-seen$/, '');

const budgetAt: Namer = ({ budgets }, index) => {
  const budget = budgets[index];
  if (budget === undefined) return undefined;
  return budget.phase === 'all' ? `budgets.${budget.name}` : `phases.${budget.phase}.budgets.${budget.name}`;
};

const rules: readonly (readonly [pattern: RegExp, place: (name: string) => string, namer: Namer])[] = [
  [/^phases\[(\d+)\]/, (name) => `phases.${name}`, phaseAt],
  [/^faults\[(\d+)\]/, (name) => `faults.${name}`, ({ faults }, index) => faults[index]?.name],
  [/^expectations\[(\d+)\](?:\.parameters|\.check)?/, (name) => `expect.${name}`, expectedAt],
  [/^mustBeSeen\[(\d+)\](?:\.parameters\.atLeast|\.check)?/, (name) => `seen.${name}`, seenAt],
  [/^budgets\[(\d+)\]/, (name) => name, budgetAt],
  [/^detection\.fires\[(\d+)\](?:\.alert)?/, (name) => `alerts.${name}`, ({ detection }, index) => detection.fires[index]?.alert],
  [/^detection\.tolerated\[(\d+)\](?:\.\w+)?/, (name) => `mayFire.${name}`, ({ detection }, index) => detection.tolerated?.[index]?.alert],
];

const heads: readonly (readonly [RegExp, string])[] = [
  [/^target\.environment/, 'needs.settings'],
  [/^target\./, 'needs.'],
  [/^detection/, 'alerts'],
  [/^expectations/, 'expect'],
  [/^mustBeSeen/, 'seen'],
];

export const placeInSource = (place: string, scenario: Scenario): string => {
  for (const [pattern, placeOf, namer] of rules) {
    const match = pattern.exec(place);
    const name = match === null ? undefined : namer(scenario, Number(match[1]));
    if (match !== null && name !== undefined) return placeOf(name) + place.slice(match[0].length).replace(/\.cause$/, '.after');
  }
  const head = heads.find(([pattern]) => pattern.test(place));
  return head === undefined ? place : place.replace(head[0], head[1]);
};
