// verify --list: the scenarios, each with what it does and how long its traffic takes; those outside of the default set are marked.
import type { Scenario } from '../scenario/scenario.ts';
import type { LoadedScenario } from './load-scenarios.ts';

export const listScenarios = (loaded: readonly LoadedScenario[]): string => {
  const width = Math.max(...loaded.map(({ name }) => name.length));
  return `${loaded.map((each) => `  ${each.name.padEnd(width)}  ${aboutOf(each)}`).join('\n')}\n`;
};

const aboutOf = ({ scenario, problems }: LoadedScenario): string => {
  if (scenario === null) return `can not be read: ${problems[0]?.message ?? ''}`;
  const outside = scenario.set === 'extra' ? ' (run by name, or with --all)' : '';
  return `${String(secondsOf(scenario)).padStart(3)} s  ${scenario.title}${outside}`;
};

const secondsOf = ({ phases }: Scenario): number => phases.reduce((sum, { seconds }) => sum + seconds, 0);
