// Go's regular expressions over log lines. Lines are long and patterns come from anyone, so a pattern must not be able to hold the process: where it can be
// written without JavaScript's unicode flags, V8 leaves its backtracking matcher for a linear one once it goes back too often.
import { setFlagsFromString } from 'node:v8';
import { translateRegex } from '../../promql/regex.ts';

// Only affects patterns without the flags u, v and i, which the linear matcher does not know.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
setFlagsFromString('--regexp-backtracks-before-fallback=20000');

const bothCases = (character: string): string => {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  return lower === upper ? character : `${lower}${upper}`;
};

/** One item of a class, or a range, in both cases; null for a range that is neither all letters of one case nor free of letters. */
const classInBothCases = (inner: string): string | null => {
  let text = '';
  for (const [item, from, to] of inner.matchAll(/\\.|([^\\])-([^\\])|[^]/gu)) {
    if (from === undefined || to === undefined) text += item.startsWith('\\') ? item : bothCases(item);
    else if (/^(?:[a-z]-[a-z]|[A-Z]-[A-Z])$/.test(item))
      text += `${from.toLowerCase()}-${to.toLowerCase()}${from.toUpperCase()}-${to.toUpperCase()}`;
    else if (/^[0-9]-[0-9]$/.test(item)) text += item;
    else return null;
  }
  return text;
};

/** `(?i:ab[c-e])` as `(?:[aA][bB][c-eC-E])`; null where a part has no plain form. */
const withoutIgnoreCase = (source: string): string | null => {
  const groups: boolean[] = [];
  let text = '';
  let ignoring = false;
  for (const [token] of source.matchAll(/\\[^]|\(\?<\w+>|\(\?[ims]*(?:-[ims]+)?:|\(|\)|\[\^?(?:\\[^]|[^\]\\])*\]|[^]/gu)) {
    const flags = /^\(\?([ims]*)(?:-([ims]+))?:$/.exec(token);
    if (token.startsWith('(')) groups.push(ignoring);
    if (flags !== null) {
      const [, on = '', off = ''] = flags;
      ignoring = off.includes('i') ? false : ignoring || on.includes('i');
      const [kept, dropped] = [on.replace('i', ''), off.replace('i', '')];
      text += `(?${kept}${dropped === '' ? '' : `-${dropped}`}:`;
    } else if (token === ')') {
      ignoring = groups.pop() ?? false;
      text += token;
    } else if (!ignoring || token.startsWith('\\') || token.startsWith('(')) text += token;
    else if (token.startsWith('[') && token.length > 1) {
      const [, open = '', inner = ''] = /^(\[\^?)([^]*)\]$/.exec(token) ?? [];
      const both = classInBothCases(inner);
      if (both === null) return null;
      text += `${open}${both}]`;
    } else text += bothCases(token).length > 1 && bothCases(token) !== token ? `[${bothCases(token)}]` : token;
  }
  return text;
};

/** Whether the source means the same without the flag v. */
const isPlain = (source: string): boolean => !/\\[pP]|\\u\{|\[[^\]]*\[|[^\u0000-\uFFFF]/u.test(source);

const compile = (pattern: string, wrap: (source: string) => string, flags: string): RegExp => {
  const source = translateRegex(pattern);
  const plain = isPlain(source) ? withoutIgnoreCase(source) : null;
  try {
    return plain === null ? new RegExp(wrap(source), `v${flags}`) : new RegExp(wrap(plain), flags);
  } catch (error) {
    throw new SyntaxError(`error parsing regexp: \`${pattern}\``, { cause: error });
  }
};

/** The whole value, `.` also for a line break: a matcher of a selector. Throws for what Go would not take. */
export const compileMatcherRegex = (pattern: string): RegExp => compile(pattern, (source) => `^(?:${source})$`, 's');

/** Anywhere in the line. */
export const compileLineRegex = (pattern: string): RegExp => compile(pattern, (source) => source, '');

/** The whole value of a label in a pipeline, where `.` stops at a line break. */
export const compileLabelRegex = (pattern: string): RegExp => compile(pattern, (source) => `^(?:${source})$`, '');

export const compileGlobalRegex = (pattern: string): RegExp => compile(pattern, (source) => source, 'g');
