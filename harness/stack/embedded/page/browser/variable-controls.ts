// The variables of a dashboard as controls: a list to choose from, or a field to write in.
import { firstChoice, optionsOf } from '../../../../dashboards/interpolation/scope.ts';
import type { VariableOptions } from '../../../../dashboards/interpolation/scope.ts';
import { allValueMark } from '../../../../dashboards/variable.ts';
import type { Variable } from '../../../../dashboards/variable.ts';
import type { ViewState } from '../logic/url-state.ts';
import { el } from './dom.ts';

export type VariableControlsOptions = {
  readonly variables: readonly Variable[];
  readonly options: VariableOptions;
  readonly errors: ReadonlyMap<string, string>;
  readonly chosen: ViewState['variables'];
  readonly onChange: (name: string, values: readonly string[]) => void;
};

type Choice = { readonly text: string; readonly value: string };

const choicesOf = (variable: Variable, options: VariableOptions, chosen: readonly string[]): readonly Choice[] => {
  const { source } = variable;
  const own: readonly Choice[] =
    source.type === 'custom' || source.type === 'interval'
      ? source.options
      : optionsOf(variable, options).map((value) => ({ text: value, value }));
  const auto =
    source.type === 'interval' && source.auto !== undefined ? [{ text: 'auto', value: `$__auto_interval_${variable.name}` }] : [];
  const all = variable.includeAll ? [{ text: 'All', value: allValueMark }] : [];
  const known = [...all, ...auto, ...own];
  // A link may name a value that is not there now: it stays to be seen.
  const others = chosen.filter((value) => !known.some((choice) => choice.value === value)).map((value) => ({ text: value, value }));
  return [...known, ...others];
};

/** "All" and single values exclude each other: what was chosen last counts. */
const picked = (select: HTMLSelectElement, before: readonly string[]): readonly string[] => {
  const values = [...select.selectedOptions].map(({ value }) => value);
  if (!values.includes(allValueMark) || values.length === 1) return values;
  return before.includes(allValueMark) ? values.filter((value) => value !== allValueMark) : [allValueMark];
};

const listOf = (variable: Variable, chosen: readonly string[], { options, onChange }: VariableControlsOptions): HTMLElement => {
  const entries = choicesOf(variable, options, chosen).map(({ text, value }) => {
    const option = el('option', { value }, text);
    option.selected = chosen.includes(value);
    return option;
  });
  const select = el(
    'select',
    { id: `variable-${variable.name}`, multiple: variable.multi, size: variable.multi ? 3 : undefined },
    ...entries,
  );
  select.addEventListener('change', () => onChange(variable.name, picked(select, chosen)));
  return select;
};

const fieldOf = (variable: Variable, chosen: readonly string[], { onChange }: VariableControlsOptions): HTMLElement => {
  const input = el('input', { id: `variable-${variable.name}`, type: 'text', value: chosen[0] ?? '' });
  input.addEventListener('change', () => onChange(variable.name, [input.value]));
  return input;
};

const controlOf = (variable: Variable, given: VariableControlsOptions): HTMLElement => {
  const chosen = given.chosen[variable.name] ?? firstChoice(variable, given.options);
  const error = given.errors.get(variable.name);
  const control = variable.source.type === 'textbox' ? fieldOf(variable, chosen, given) : listOf(variable, chosen, given);
  return el(
    'span',
    { class: 'control', title: variable.description || undefined },
    el('label', { for: `variable-${variable.name}` }, variable.label),
    control,
    error === undefined ? null : el('span', { class: 'control-error', role: 'alert' }, error),
  );
};

export const variableControls = (given: VariableControlsOptions): readonly HTMLElement[] =>
  given.variables.filter(({ hidden, source }) => !hidden && source.type !== 'constant').map((variable) => controlOf(variable, given));
