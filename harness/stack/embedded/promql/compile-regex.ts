// Go's regular expressions over labels, lines and attributes. Patterns come from anyone, and values are long, so a pattern must not be able to hold the process:
// where it can be written without JavaScript's flags u, v and i, V8 leaves its backtracking matcher for a linear one once it goes back too often.
import { setFlagsFromString } from 'node:v8';
import { plainRegex } from './plain-regex.ts';
import { RegexRefused, translateRegex } from './regex.ts';

setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
setFlagsFromString('--regexp-backtracks-before-fallback=20000');

/** `dotAll`: `.` takes a line break too. */
type RegexForm = { readonly isWhole: boolean; readonly dotAll?: boolean; readonly flags?: 'g' };

const wrap = (source: string, { isWhole }: RegexForm): string => (isWhole ? `^(?:${source})$` : source);

const compileExact = (pattern: string, form: RegexForm): RegExp => {
  const source = translateRegex(pattern);
  try {
    return new RegExp(wrap(source, form), `v${form.dotAll === true ? 's' : ''}${form.flags ?? ''}`);
  } catch (error) {
    throw new RegexRefused(pattern, error instanceof Error ? error.message.replace(/^.*: /, '') : 'not understood');
  }
};

/** Throws a RegexRefused for what RE2 would not take, or what we can't run as RE2 would. */
export const compileForm = (pattern: string, form: RegexForm): RegExp => {
  // Made first also where it is not used: it refuses what the plain one would let pass.
  const exact = compileExact(pattern, form);
  const plain = plainRegex(translateRegex(pattern), form.dotAll === true);
  return plain === null ? exact : new RegExp(wrap(plain, form), form.flags);
};

/** Matches whole values only; `.` takes a line break too, as Prometheus has it. */
export const compileRegex = (pattern: string): RegExp => compileForm(pattern, { isWhole: true, dotAll: true });

/** Finds every place where it matches, as Go's own functions do: never between the halves of a long character, which takes the flag v. */
export const compileSearch = (pattern: string): RegExp => compileExact(pattern, { isWhole: false, flags: 'g' });
