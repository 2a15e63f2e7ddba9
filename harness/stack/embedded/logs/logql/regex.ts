// Go's regular expressions over log lines. Lines are long and patterns come from anyone, so a pattern must not be able to hold the process: where it can be
// written without JavaScript's unicode flags, V8 leaves its backtracking matcher for a linear one once it goes back too often.
import { setFlagsFromString } from 'node:v8';
import { translateRegex } from '../../promql/regex.ts';
import { plainRegex } from './plain-regex.ts';

// Only affects patterns without the flags u, v and i, which the linear matcher does not know.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
setFlagsFromString('--regexp-backtracks-before-fallback=20000');

type Form = { readonly wrap: (source: string) => string; readonly dotAll?: boolean; readonly flags?: string };

const compile = (pattern: string, { wrap, dotAll = false, flags = '' }: Form): RegExp => {
  const source = translateRegex(pattern);
  const plain = plainRegex(source, dotAll);
  try {
    return plain === null ? new RegExp(wrap(source), `v${dotAll ? 's' : ''}${flags}`) : new RegExp(wrap(plain), flags);
  } catch (error) {
    throw new SyntaxError(`error parsing regexp: \`${pattern}\``, { cause: error });
  }
};

const whole = (source: string): string => `^(?:${source})$`;
const anywhere = (source: string): string => source;

/** The whole value, `.` also for a line break: a matcher of a selector. Throws for what Go would not take. */
export const compileMatcherRegex = (pattern: string): RegExp => compile(pattern, { wrap: whole, dotAll: true });

/** Anywhere in the line. */
export const compileLineRegex = (pattern: string): RegExp => compile(pattern, { wrap: anywhere });

/** The whole value of a label in a pipeline, where `.` stops at a line break. */
export const compileLabelRegex = (pattern: string): RegExp => compile(pattern, { wrap: whole });

export const compileGlobalRegex = (pattern: string): RegExp => compile(pattern, { wrap: anywhere, flags: 'g' });
