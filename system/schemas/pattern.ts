// `pattern` in a schema, matched by RE2: in time that grows with the text alone, whatever the pattern. A backtracking engine could be held for hours by one event.
import { RE2JS } from 're2js';

export const patternLimits = {
  characters: 256,
  /** Instructions of the compiled pattern: each character of a text costs at most so many steps. */
  programSize: 200,
  /** A place with a pattern says a maxLength, no larger than this. */
  textCharacters: 1024,
} as const;

export type Matcher = {
  readonly test: (text: string) => boolean;
  /** The pattern: ajv takes two matchers that say the same here for one. */
  readonly toString: () => string;
};

/** What RE2 means by these is less than what ECMA-262 means, so they are spelt out. */
const lineEnds = String.raw`\n\r\x{2028}\x{2029}`;
const spaces = String.raw`\t\n\v\f\r \x{a0}\x{feff}\x{2028}\x{2029}\p{Zs}`;

type Compiled = { readonly matcher: Matcher } | { readonly problem: SyntaxError };

/** Compiling costs a thousand times what matching does, and a schema may use one pattern in a thousand places. Bounded: what was not asked for longest goes. */
const compiledPatterns = new Map<string, Compiled>();
const mostCompiled = 500;

/** Throws a SyntaxError that says what is not taken. */
export const compilePattern = (pattern: string): Matcher => {
  const compiled = compiledPatterns.get(pattern) ?? tryToCompile(pattern);
  compiledPatterns.delete(pattern);
  compiledPatterns.set(pattern, compiled);
  if (compiledPatterns.size > mostCompiled) compiledPatterns.delete(compiledPatterns.keys().next().value!);
  if ('problem' in compiled) throw compiled.problem;
  return compiled.matcher;
};

const tryToCompile = (pattern: string): Compiled => {
  try {
    return { matcher: compileAnew(pattern) };
  } catch (error) {
    return { problem: error as SyntaxError };
  }
};

const compileAnew = (pattern: string): Matcher => {
  if (pattern.length > patternLimits.characters) throw new SyntaxError(`is longer than ${patternLimits.characters} characters`);
  // What the dialect means by a pattern is ECMA-262 with the flag u; RE2 is how it is matched.
  void new RegExp(pattern, 'u');
  const compiled = compile(translate(pattern));
  if (compiled.programSize() > patternLimits.programSize)
    throw new SyntaxError('repeats too much: written out it is too long to be matched against every event');
  return { test: (text) => compiled.test(text), toString: () => pattern };
};

const compile = (pattern: string): RE2JS => {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    throw new SyntaxError(`can't be matched in linear time (RE2: ${(cause as Error).message})`, { cause });
  }
};

const escape = /^\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/su;

const translate = (pattern: string): string => {
  let out = '';
  let isInClass = false;
  for (let at = 0; at < pattern.length;) {
    const character = pattern[at]!;
    if (character === '\\') {
      const [text, ...groups] = escape.exec(pattern.slice(at))!;
      out += translateEscape(text, groups, isInClass);
      at += text.length;
      continue;
    }
    out += character === '.' && !isInClass ? `[^${lineEnds}]` : character;
    if (character === '[') isInClass = true;
    if (character === ']') isInClass = false;
    at += 1;
  }
  return out;
};

const translateEscape = (text: string, [braced, four, two, plain]: readonly (string | undefined)[], isInClass: boolean): string => {
  const hex = braced ?? four ?? two;
  if (hex !== undefined) {
    if (/^0*d[89ab]/i.test(hex) && four !== undefined) throw new SyntaxError('holds half a surrogate pair: write \\u{…}');
    return `\\x{${hex}}`;
  }
  if (plain === 's') return isInClass ? spaces : `[${spaces}]`;
  if (plain !== 'S') return text;
  if (isInClass) throw new SyntaxError('has \\S inside of a class, which is not taken: write what it is to be');
  return `[^${spaces}]`;
};
