// Writes an expression without JavaScript's flags u, v, i and s: case, dots and long characters are spelt out, so that V8's linear matcher can run it.
import { classSource, readCharacter, readClass } from './class-source.ts';
import type { CodePoints } from './code-points.ts';
import { allCodePoints, complement } from './code-points.ts';
import { printClass, printRepeated } from './print-class.ts';

type Flags = { readonly ignoresCase: boolean; readonly dotAll: boolean; readonly isMultiline: boolean };

const withFlags = (flags: Flags, on: string, off: string): Flags => ({
  ignoresCase: (flags.ignoresCase || on.includes('i')) && !off.includes('i'),
  dotAll: (flags.dotAll || on.includes('s')) && !off.includes('s'),
  isMultiline: (flags.isMultiline || on.includes('m')) && !off.includes('m'),
});

const lineFlag = (before: Flags, after: Flags): string => {
  if (before.isMultiline === after.isMultiline) return '';
  return after.isMultiline ? 'm' : '-m';
};

const ends: Readonly<Record<string, string>> = { '(?<![^])': '^', '(?![^])': '$' };

const mark = String.raw`\(\?<?![^)]+\)|\\[bB]|\(\?<\w+>|\(\?[ims]*(?:-[ims]+)?:|[()|^$]|\{\d+(?:,\d*)?\}\??|[*+?]\??`;
const atom = String.raw`${classSource}|\\u\{[^}]+\}|\\x..|\\[pP]\{[^}]+\}|\\?[^]`;
const token = new RegExp(`(${mark})|(${atom})([*+]\\??)?`, 'gu');

const newline: CodePoints = [[0x0a, 0x0a]];

const setOf = (source: string, { ignoresCase, dotAll }: Flags): CodePoints | null => {
  // Go's dot only stops at \n, JavaScript's at other line ends too.
  if (source === '.') return dotAll ? allCodePoints : complement(newline);
  if (source.startsWith('[')) return readClass(source, ignoresCase);
  return /^\\[pP]/.test(source) ? null : readCharacter(source, ignoresCase);
};

/** The open groups with the flags outside of them. */
type State = { flags: Flags; readonly outer: Flags[] };

const printMark = (text: string, state: State): string => {
  const end = ends[text];
  if (end !== undefined) return state.flags.isMultiline ? `(?-m:${end})` : end;
  if (text === ')') state.flags = state.outer.pop()!;
  if (!text.startsWith('(')) return text;
  state.outer.push(state.flags);
  const modifiers = /^\(\?([ims]*)(?:-([ims]+))?:$/.exec(text);
  if (modifiers === null) return text;
  const before = state.flags;
  state.flags = withFlags(before, modifiers[1]!, modifiers[2] ?? '');
  return `(?${lineFlag(before, state.flags)}:`;
};

/** `source` is for the flag v. Null where it can't be done: for classes of Unicode. */
export const plainRegex = (source: string, dotAll: boolean): string | null => {
  const state: State = { flags: { ignoresCase: false, dotAll, isMultiline: false }, outer: [] };
  let text = '';
  for (const [, marked, atomSource, quantifier = ''] of source.matchAll(token)) {
    if (marked !== undefined) text += printMark(marked, state);
    else {
      const set = setOf(atomSource!, state.flags);
      if (set === null) return null;
      text += quantifier === '' ? printClass(set) : printRepeated(set, quantifier);
    }
  }
  return text;
};
