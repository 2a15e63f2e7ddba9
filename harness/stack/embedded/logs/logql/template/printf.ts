// printf in templates: %s %v %q %d %f %e %g %t %% with flags, width and precision. Other verbs fail the entry by name.
import { TemplateProblem, textOfValue, typeName } from './value.ts';
import type { TemplateValue } from './value.ts';

const verb = /%([-+0 ]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g;

/** As Go marks a value that the verb does not take. */
const mismatch = (letter: string, value: TemplateValue): string => `%!${letter}(${typeName(value)}=${textOfValue(value)})`;

const goExponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

/** A tie goes to the even digit, as in Go; JavaScript rounds it up. */
const fixed = (value: number, precision: number): string => {
  const scaled = Math.abs(value) * 10 ** precision;
  const floor = Math.floor(scaled);
  const isTie = scaled - floor === 0.5;
  return isTie && floor % 2 === 0 ? ((Math.sign(value) * floor) / 10 ** precision).toFixed(precision) : value.toFixed(precision);
};

const numberText = (letter: string, value: TemplateValue, precision: number): string => {
  if (typeof value !== 'number') return mismatch(letter, value);
  return letter === 'f' ? fixed(value, precision) : goExponent(value.toExponential(precision));
};

const textFor = (letter: string, value: TemplateValue, precision: string | undefined): string => {
  switch (letter) {
    case 'v':
    case 'g':
      return textOfValue(value);
    case 's':
      if (typeof value !== 'string') return mismatch(letter, value);
      return precision === undefined ? value : Array.from(value).slice(0, Number(precision)).join('');
    case 'q':
      return typeof value === 'string' ? JSON.stringify(value) : mismatch(letter, value);
    case 'd':
      return typeof value === 'bigint' ? String(value) : mismatch(letter, value);
    case 't':
      return typeof value === 'boolean' ? String(value) : mismatch(letter, value);
    case 'f':
    case 'e':
      return numberText(letter, value, Number(precision ?? 6));
    default:
      throw new TemplateProblem(`printf: %${letter} is not supported by the embedded stack`);
  }
};

const pad = (text: string, flags: string, width: number): string => {
  const missing = Math.min(width, 4_096) - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  const isNumber = /^[-+]?\d/.test(text);
  if (!flags.includes('0') || !isNumber) return ' '.repeat(missing) + text;
  const [sign, digits] = [/^[-+]/.exec(text)?.[0] ?? '', text.replace(/^[-+]/, '')];
  return sign + '0'.repeat(missing) + digits;
};

export const formatText = (format: string, values: readonly TemplateValue[]): string => {
  let next = 0;
  const text = format.replaceAll(verb, (_whole, flags: string, width: string, precision: string | undefined, letter: string) => {
    if (letter === '%') return '%';
    if (next >= values.length) return `%!${letter}(MISSING)`;
    const value = values[next]!;
    next += 1;
    const made = textFor(letter, value, precision);
    const signed = flags.includes('+') && /^\d/.test(made) && typeof value !== 'string' ? `+${made}` : made;
    return pad(signed, flags, Number(width));
  });
  if (next >= values.length) return text;
  return `${text}%!(EXTRA ${values
    .slice(next)
    .map((value) => `${typeName(value)}=${textOfValue(value)}`)
    .join(', ')})`;
};
