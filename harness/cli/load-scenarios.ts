// Loads scenarios/*.ts, one file a scenario with a default export. They are data: their plans and checks are looked at before anything starts.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { explain, HarnessError } from '../engine/errors.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { didYouMean } from './near-names.ts';

/** The order in which a reader meets them; what is not named here follows by name. */
const order = ['steady', 'spike', 'poison-messages', 'consumer-crash', 'out-of-order'];

export const loadScenarios = async (folder: string): Promise<readonly Scenario[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !/\.(int\.)?test\.ts$/.test(name));
  const scenarios = await Promise.all(names.map((name) => loadScenario(join(folder, name))));
  return scenarios.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
};

const rank = ({ name }: Scenario): number => (order.includes(name) ? order.indexOf(name) : order.length);

const loadScenario = async (path: string): Promise<Scenario> => {
  const loaded = await importModule(path);
  const expected = basename(path, '.ts');
  const scenario = loaded.default;
  if (typeof scenario !== 'object' || scenario === null) throw new HarnessError('FL_SCENARIO_INVALID', `${path} has no default export`);
  if ((scenario as Scenario).name === expected) return scenario as Scenario;
  throw new HarnessError('FL_SCENARIO_INVALID', `${path} calls itself ${(scenario as Scenario).name}; file and name must be the same`);
};

const importModule = async (path: string): Promise<{ readonly default?: unknown }> => {
  try {
    return (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new HarnessError('FL_SCENARIO_INVALID', `${path} cannot be loaded: ${explain(error)}`, { cause: error });
  }
};

/** Those that were asked for, in the order in which they were asked for; when none was, all that run by default. Throws FL_UNKNOWN_SCENARIO. */
export const chooseScenarios = (all: readonly Scenario[], asked: readonly string[]): readonly Scenario[] => {
  if (asked.length === 0) return all.filter(({ byDefault }) => byDefault !== false);
  return asked.map((name) => {
    const found = all.find((scenario) => scenario.name === name);
    if (found !== undefined) return found;
    const known = all.map((scenario) => scenario.name);
    throw new HarnessError(
      'FL_UNKNOWN_SCENARIO',
      `no scenario is called ${name}.${didYouMean(name, known)} There are: ${known.join(', ')}.`,
    );
  });
};
