// Which values a dashboard's variables have: chosen by the reader, else as the dashboard is saved, else the first that there is.
import type { Dashboard } from '../dashboard.ts';
import { formatDurationMs, parseDurationMs } from '../time-range.ts';
import { stepMs } from '../interval.ts';
import { allValueMark } from '../variable.ts';
import type { Variable } from '../variable.ts';
import { builtIns } from './built-ins.ts';
import type { BuiltInTimes } from './built-ins.ts';
import type { Scope, ScopedVariable } from './interpolate.ts';

/** Name -> chosen value or values. `$__all` means all. */
export type VariableChoices = Readonly<Record<string, string | readonly string[]>>;

/** Name -> what a query variable may be; of the other types the dashboard itself says. */
export type VariableOptions = ReadonlyMap<string, readonly string[]>;

const listed = (choice: string | readonly string[]): readonly string[] => (typeof choice === 'string' ? [choice] : choice);

/** The values that a variable can have, without "All". */
export const optionsOf = ({ name, source }: Variable, options: VariableOptions): readonly string[] => {
  if (source.type === 'custom' || source.type === 'interval') return source.options.map(({ value }) => value);
  if (source.type === 'query') return options.get(name) ?? [];
  return [source.value];
};

/** What is chosen where nobody chose. */
export const firstChoice = (variable: Variable, options: VariableOptions): readonly string[] => {
  if (variable.source.type === 'constant' || variable.source.type === 'textbox') return [variable.source.value];
  if (variable.current.length > 0) return variable.current;
  return variable.includeAll ? [allValueMark] : optionsOf(variable, options).slice(0, 1);
};

/** `$__auto…`: the range in about so many steps, but not finer than the least. */
const autoInterval = (variable: Variable, times: BuiltInTimes): string | undefined => {
  if (variable.source.type !== 'interval' || variable.source.auto === undefined) return undefined;
  const { steps, leastText } = variable.source.auto;
  return formatDurationMs(stepMs(times.toMs - times.fromMs, steps, parseDurationMs(leastText) ?? 10_000));
};

const scoped = (variable: Variable, chosen: readonly string[], options: VariableOptions, times: BuiltInTimes): ScopedVariable => {
  const several = variable.multi || variable.includeAll;
  const auto = autoInterval(variable, times);
  if (auto !== undefined && chosen[0]?.startsWith('$__auto')) return { values: [auto], several };
  if (!chosen.includes(allValueMark)) return { values: chosen, several };
  if (variable.allValue !== undefined) return { values: [variable.allValue], several, allValue: variable.allValue };
  return { values: optionsOf(variable, options), several };
};

export const scopeOf = (dashboard: Dashboard, choices: VariableChoices, options: VariableOptions, times: BuiltInTimes): Scope => ({
  builtIns: builtIns(times, dashboard),
  variables: new Map(
    dashboard.variables.map((variable) => {
      const choice = variable.source.type === 'constant' ? undefined : choices[variable.name];
      const chosen = choice === undefined ? firstChoice(variable, options) : listed(choice);
      return [variable.name, scoped(variable, chosen, options, times)];
    }),
  ),
});
