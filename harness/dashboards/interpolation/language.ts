// How a variable's values enter a query without a format of their own: in a variable of several values, as alternatives of a regular expression inside a quoted string.

export type Language = 'prometheus' | 'loki' | 'tempo' | 'text';

/** Two backslashes: one for the regular expression, one for the quoted string around it. */
const inRegexInString = (value: string): string =>
  value
    .replaceAll('\\', String.raw`\\\\`)
    .replaceAll('"', String.raw`\\\"`)
    .replaceAll(/[$^*{}[\]'+?.()|]/g, String.raw`\\$&`);

const inString = (value: string): string => value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`);

const alternatives = (values: readonly string[]): string => (values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`);

export const formatFor = (language: Language, values: readonly string[], several: boolean): string => {
  if (language === 'text') return values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`;
  if (!several) return inString(values[0] ?? '');
  if (language === 'tempo') return values.map(inString).join('|');
  return alternatives(values.map(inRegexInString));
};
