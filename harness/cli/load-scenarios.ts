// Loads a folder of scenarios, one file a scenario with a default export. They are data: what is wrong with them, and with what they ask of the target, is
// found before anything starts, all of it at once.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { explain, HarnessError } from '../engine/errors.ts';
import type { Problem } from '../scenario/problem.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioProblems } from '../scenario/scenario-problems.ts';
import type { ScenarioSource } from '../scenario/source.ts';
import { compileWithProblems } from '../scenario/source-problems.ts';
import type { TargetDefinition } from '../targets/definition.ts';
import { didYouMean } from './near-names.ts';

/** `problems` have their places in the text of the author. */
export type LoadedScenario = {
  readonly name: string;
  readonly scenario: Scenario | null;
  readonly problems: readonly Problem[];
  /** As its author wrote it; null where it was written in the form that runs. */
  readonly source: ScenarioSource | null;
};

/** The order in which a reader meets them; what is not named here follows by name. */
const order = ['steady', 'spike', 'poison-messages', 'consumer-crash', 'out-of-order'];
const codeFile = /^(?!.*\.(?:test|d|k6)\.).*\.(?:ts|js|mjs)$/;

export const loadScenarios = async (folder: string, target: TargetDefinition): Promise<readonly LoadedScenario[]> => {
  const names = (await readFolder(folder)).filter((name) => codeFile.test(name));
  const scenarios = await Promise.all(names.map((name) => loadScenario(join(folder, name), target)));
  return scenarios.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
};

const readFolder = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new HarnessError('FL_SCENARIO_INVALID', `the folder of scenarios, ${folder}, cannot be read: ${explain(error)}`, {
      cause: error,
    });
  }
};

const rank = ({ name }: LoadedScenario): number => (order.includes(name) ? order.indexOf(name) : order.length);

const loadScenario = async (path: string, target: TargetDefinition): Promise<LoadedScenario> => {
  const loaded = await importModule(path);
  const expected = basename(path).replace(/\.\w+$/, '');
  const value = loaded.default;
  if (typeof value !== 'object' || value === null) throw new HarnessError('FL_SCENARIO_INVALID', `${path} has no default export`);
  const { name } = value as { readonly name?: unknown };
  if (name !== expected)
    throw new HarnessError('FL_SCENARIO_INVALID', `${path} calls itself ${String(name)}; file and name must be the same`);
  return { name, ...toScenario(value as ScenarioSource | Scenario, target) };
};

/** What runs has a target; what an author writes says what it needs of one. */
const isCompiled = (value: ScenarioSource | Scenario): value is Scenario => 'detection' in value || 'mustBeSeen' in value;

export const toScenario = (value: ScenarioSource | Scenario, target: TargetDefinition): Omit<LoadedScenario, 'name'> => {
  if (isCompiled(value)) return { scenario: value, problems: scenarioProblems(value, target.processes), source: null };
  const { measures, processes } = target;
  return { ...compileWithProblems(value, { measures, usualProcesses: processes.usual, limits: processes }), source: value };
};

const importModule = async (path: string): Promise<{ readonly default?: unknown }> => {
  try {
    return (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new HarnessError('FL_SCENARIO_INVALID', `${path} cannot be loaded: ${explain(error)}`, { cause: error });
  }
};

/** Those that were asked for, in the order in which they were asked for; the default set when none was. Throws FL_UNKNOWN_SCENARIO. */
export const chooseScenarios = (
  loaded: readonly LoadedScenario[],
  { scenarios: asked, all }: { readonly scenarios: readonly string[]; readonly all: boolean },
): readonly LoadedScenario[] => {
  if (asked.length === 0) return all ? loaded : loaded.filter(({ scenario }) => scenario?.set !== 'extra');
  return asked.map((name) => {
    const found = loaded.find((scenario) => scenario.name === name);
    if (found !== undefined) return found;
    const known = loaded.map((scenario) => scenario.name);
    throw new HarnessError(
      'FL_UNKNOWN_SCENARIO',
      `no scenario is called ${name}.${didYouMean(name, known)} There are: ${known.join(', ')}.`,
    );
  });
};
