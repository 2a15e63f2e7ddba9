// verify --list: the scenarios, each with what it does and how long its traffic takes.
import type { Scenario } from '../scenario/scenario.ts';

export const listScenarios = (scenarios: readonly Scenario[]): string => {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = scenarios.map(
    (scenario) =>
      `  ${scenario.name.padEnd(width)}  ${String(secondsOf(scenario)).padStart(3)} s  ${scenario.title}${scenario.byDefault === false ? ' (by name only)' : ''}`,
  );
  return `${lines.join('\n')}\n`;
};

const secondsOf = ({ phases }: Scenario): number => phases.reduce((sum, { seconds }) => sum + seconds, 0);
