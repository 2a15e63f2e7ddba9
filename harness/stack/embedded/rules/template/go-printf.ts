// Go's printf, as far as alerts use it: %v %s %q %d %x %X %o %b %c %t %e %f %g %%, with flags, width and precision. A wrong verb is said in the text, as Go says it.
import { formatGeneralFloat } from '../../promql/float-text.ts';
import { exponentialText, fixedText, significantText } from './go-number-text.ts';
import { printValue } from './print-value.ts';
import type { TemplateValue } from './template-data.ts';
import { typeName } from './value-access.ts';

type Directive = { readonly flags: string; readonly width: number; readonly precision: number | null; readonly verb: string };

const bad = (verb: string, value: TemplateValue): string =>
  value === null ? `%!${verb}(<nil>)` : `%!${verb}(${typeName(value)}=${printValue(value)})`;

const floatText = (value: number, { verb, precision }: Directive): string | null => {
  const text = ((): string | null => {
    switch (verb) {
      case 'v':
      case 'g':
      case 'G':
        return precision === null ? formatGeneralFloat(value) : significantText(value, precision);
      case 'e':
      case 'E':
        return exponentialText(value, precision ?? 6);
      case 'f':
      case 'F':
        return fixedText(value, precision ?? 6);
      default:
        return null;
    }
  })();
  return text !== null && (verb === 'E' || verb === 'G') ? text.replace('e', 'E') : text;
};

const bases: Readonly<Record<string, number>> = { d: 10, v: 10, x: 16, X: 16, o: 8, b: 2 };

const integerText = (value: bigint, { verb, precision }: Directive): string | null => {
  if (verb === 'c') return String.fromCodePoint(Number(value));
  const base = bases[verb];
  if (base === undefined) return null;
  const digits = (value < 0n ? -value : value).toString(base).padStart(precision ?? 0, '0');
  return `${value < 0n ? '-' : ''}${verb === 'X' ? digits.toUpperCase() : digits}`;
};

const stringText = (value: string, { verb, precision }: Directive): string | null => {
  const cut = precision === null ? value : Array.from(value).slice(0, precision).join('');
  if (verb === 's' || verb === 'v') return cut;
  if (verb === 'q') return JSON.stringify(cut);
  if (verb !== 'x' && verb !== 'X') return null;
  const hex = Buffer.from(cut).toString('hex');
  return verb === 'X' ? hex.toUpperCase() : hex;
};

const textOf = (value: TemplateValue, directive: Directive): string | null => {
  if (typeof value === 'number') return floatText(value, directive);
  if (typeof value === 'bigint') return integerText(value, directive);
  if (typeof value === 'string') return stringText(value, directive);
  if (typeof value === 'boolean') return directive.verb === 't' || directive.verb === 'v' ? String(value) : null;
  if (value === null) return directive.verb === 'v' ? '<nil>' : null;
  return directive.verb === 'v' || directive.verb === 's' ? printValue(value) : null;
};

const isNumber = (value: TemplateValue): boolean => typeof value === 'number' || typeof value === 'bigint';

const pad = (text: string, value: TemplateValue, { flags, width }: Directive): string => {
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  const plus = isNumber(value) && sign === '' ? (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') : '';
  const whole = plus + text;
  const missing = width - Array.from(whole).length;
  if (missing <= 0) return whole;
  if (flags.includes('-')) return whole + ' '.repeat(missing);
  if (!flags.includes('0') || !isNumber(value) || !/\d/.test(text)) return ' '.repeat(missing) + whole;
  const front = plus + sign;
  return front + '0'.repeat(missing) + whole.slice(front.length);
};

const pattern = /%([-+# 0]*)(\d*)(?:\.(\d*))?([\s\S]?)/gu;

export const goPrintf = (format: string, values: readonly TemplateValue[]): string => {
  let next = 0;
  const text = format.replaceAll(pattern, (_, flags: string, width: string, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (verb === '') return '%!(NOVERB)';
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const value = values[next]!;
    next += 1;
    const directive = { flags, width: Number(width), precision: precision === undefined ? null : Number(precision), verb };
    const made = textOf(value, directive);
    return made === null ? bad(verb, value) : pad(made, value, directive);
  });
  if (next >= values.length) return text;
  const extra = values.slice(next).map((value) => (value === null ? '<nil>' : `${typeName(value)}=${printValue(value)}`));
  return `${text}%!(EXTRA ${extra.join(', ')})`;
};
