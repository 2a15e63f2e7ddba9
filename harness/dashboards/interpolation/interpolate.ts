// Fills the variables of a text in: $name, ${name}, ${name:format}, [[name]], [[name:format]].
import { formatTime } from './built-ins.ts';
import type { BuiltIns } from './built-ins.ts';
import { formatNames, formatVariable } from './formats.ts';
import { formatFor } from './language.ts';
import type { Language } from './language.ts';

export type ScopedVariable = {
  readonly values: readonly string[];
  /** It may have several values, so it stands in a regular expression. */
  readonly several: boolean;
  /** "All" is chosen, and the dashboard says what to write for it: put in as it is. */
  readonly allValue?: string;
};

export type Scope = { readonly variables: ReadonlyMap<string, ScopedVariable>; readonly builtIns: BuiltIns };

/** A reference that can not be filled in; the caller adds the place. */
export class InterpolationRefused extends Error {
  constructor(reference: string, message: string) {
    super(`${reference} ${message}`);
    this.name = 'InterpolationRefused';
  }
}

const reference = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::([^}]+))?\}/g;

/** $1 of label_replace, and a $ before digits in general. */
const isCaptureGroup = (name: string): boolean => /^\d/.test(name);

const builtIn = (whole: string, value: string, format: string | undefined): string => {
  if (format === undefined) return value;
  const text = formatTime(value, format);
  if (text === undefined) throw new InterpolationRefused(whole, `has the format "${format}", which is not understood`);
  return text;
};

const withAllValue = (variable: ScopedVariable, format: string | undefined, name: string): string | undefined => {
  if (variable.allValue === undefined) return undefined;
  const isEncoded = format !== undefined && ['percentencode', 'queryparam', 'text'].includes(format);
  return isEncoded ? formatVariable(format, [format === 'text' ? 'All' : variable.allValue], name) : variable.allValue;
};

const fill = (scope: Scope, language: Language, whole: string, name: string, format: string | undefined): string => {
  const own = scope.builtIns.get(name);
  if (own !== undefined) return builtIn(whole, own, format);
  const variable = scope.variables.get(name);
  if (variable === undefined)
    throw new InterpolationRefused(whole, `is no variable of the dashboard (${[...scope.variables.keys()].join(', ')})`);
  const all = withAllValue(variable, format, name);
  if (all !== undefined) return all;
  if (variable.values.length === 0) throw new InterpolationRefused(whole, 'has no value: none is chosen, and there is none to choose from');
  const text =
    format === undefined ? formatFor(language, variable.values, variable.several) : formatVariable(format, variable.values, name);
  if (text === undefined)
    throw new InterpolationRefused(whole, `has the format "${format}", which is not understood (${formatNames.join(', ')})`);
  return text;
};

/** Throws InterpolationRefused for a variable or a format that does not exist. */
export const interpolate = (text: string, scope: Scope, language: Language): string =>
  text.replaceAll(
    reference,
    (whole: string, plain?: string, boxed?: string, boxedFormat?: string, braced?: string, bracedFormat?: string) => {
      const name = plain ?? boxed ?? braced ?? '';
      if (whole.startsWith(`\${${name}.`)) throw new InterpolationRefused(whole, 'names a field of a variable, which is not understood');
      return isCaptureGroup(name) ? whole : fill(scope, language, whole, name, boxedFormat ?? bracedFormat);
    },
  );
