// How a variable's values enter a query without a format of their own: in a variable of several values, as alternatives of a regular expression inside a quoted string.

export type Language = 'prometheus' | 'loki' | 'tempo' | 'text' | 'url';

/** Two backslashes: one for the regular expression, one for the quoted string around it. */
const inRegexInString = (value: string): string =>
  value
    .replaceAll('\\', String.raw`\\\\`)
    .replaceAll('"', String.raw`\\\"`)
    .replaceAll(/[$^*{}[\]'+?.()|]/g, String.raw`\\$&`);

const inString = (value: string): string => value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`);

const alternatives = (values: readonly string[]): string => (values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`);

/** Slashes and the like stay: a variable may hold the beginning of a path. */
const inUrl = (value: string): string =>
  encodeURI(value).replaceAll(/[!'()*"]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

export const formatFor = (language: Language, values: readonly string[], several: boolean): string => {
  const plain = values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`;
  if (language === 'text') return plain;
  if (language === 'url') return inUrl(plain);
  if (!several) return inString(values[0] ?? '');
  if (language === 'tempo') return values.map(inString).join('|');
  return alternatives(values.map(inRegexInString));
};
