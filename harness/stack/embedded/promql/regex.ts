// RE2's syntax, as Prometheus takes it, turned into JavaScript's. What has no equal there is refused by name, never approximated in silence.
import { escapeTable, posixClasses, unicodeClass } from './regex-classes.ts';

export class RegexRefused extends Error {
  constructor(pattern: string, reason: string) {
    super(`error parsing regexp: ${reason}: \`${pattern}\``);
    this.name = 'RegexRefused';
  }
}

type Scanner = { readonly pattern: string; at: number; inClass: boolean };

const refuse = (scanner: Scanner, reason: string): never => {
  throw new RegexRefused(scanner.pattern, reason);
};

const take = (scanner: Scanner, expression: RegExp): RegExpExecArray | null => {
  const sticky = new RegExp(expression.source, 'y');
  sticky.lastIndex = scanner.at;
  const found = sticky.exec(scanner.pattern);
  if (found !== null) scanner.at += found[0].length;
  return found;
};

// With the flag v a class gives more characters a meaning than RE2 does, and takes a backslash before each of them.
const literal = (text: string, inClass: boolean): string =>
  text.replaceAll(inClass ? /[\\^$.*+?()[\]{}|/&!#%,:;<=>@`~-]/g : /[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

const codePoint = (scanner: Scanner, text: string, radix: number): string => {
  const code = Number.parseInt(text, radix);
  return code > 0x10ffff ? refuse(scanner, 'invalid escape sequence') : String.raw`\u{${code.toString(16)}}`;
};

const translateEscape = (scanner: Scanner): string => {
  const quoted = take(scanner, /\\Q([^]*?)(?:\\E|$)/);
  if (quoted !== null) return literal(quoted[1]!, scanner.inClass);
  const property = take(scanner, /\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))/);
  if (property !== null) {
    const negated = (property[1] === 'P') !== (property[2] === '^');
    return unicodeClass(property[3] ?? property[4]!, negated) ?? refuse(scanner, 'invalid character class range');
  }
  const hex = take(scanner, /\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/);
  if (hex !== null) return codePoint(scanner, hex[1] ?? hex[2]!, 16);
  const octal = take(scanner, /\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/);
  if (octal !== null) return codePoint(scanner, octal[1]!, 8);
  const escaped = take(scanner, /\\([^])/u);
  if (escaped === null) return refuse(scanner, 'trailing backslash at end of expression');
  const character = escaped[1]!;
  const known = escapeTable(scanner.inClass)[character];
  if (known !== undefined) return known;
  return /[0-9A-Za-z]/.test(character) || character > '\x7f'
    ? refuse(scanner, 'invalid escape sequence')
    : literal(character, scanner.inClass);
};

type ClassItem = { readonly text: string; readonly isSet: boolean };

const classItem = (scanner: Scanner): ClassItem => {
  const posix = take(scanner, /\[:(\^?)(\w+):\]/);
  if (posix !== null) {
    const range = posixClasses[posix[2]!] ?? refuse(scanner, 'invalid character class range');
    return { text: `[${posix[1]}${range}]`, isSet: true };
  }
  if (scanner.pattern[scanner.at] === '\\') {
    const text = translateEscape(scanner);
    return { text, isSet: text.startsWith('[') || /^\\p/i.test(text) };
  }
  const character = take(scanner, /[^]/u) ?? refuse(scanner, 'missing closing ]');
  return { text: literal(character[0], true), isSet: false };
};

const translateClass = (scanner: Scanner): string => {
  let text = take(scanner, /\[\^?/)![0];
  scanner.inClass = true;
  for (let first = true; first || scanner.pattern[scanner.at] !== ']'; first = false) {
    const item = classItem(scanner);
    text += item.text;
    if (item.isSet || take(scanner, /-(?!\])/) === null) continue;
    const end = classItem(scanner);
    if (end.isSet) refuse(scanner, 'invalid character class range');
    text += `-${end.text}`;
  }
  scanner.at += 1;
  scanner.inClass = false;
  return `${text}]`;
};

/**
 * The open groups, each with the flags that `(?i)` and the like set inside it. They hold to the end of the group and for all its alternatives;
 * JavaScript only has the form with a colon, so each alternative opens and closes them anew.
 */
type Groups = string[][];

const openGroup = (groups: Groups, text: string): string => {
  groups.push([]);
  return text;
};

const closeGroup = (groups: Groups): string => ')'.repeat(groups.pop()!.length + 1);

const nextAlternative = (groups: Groups): string => {
  const flags = groups.at(-1)!;
  return `${')'.repeat(flags.length)}|${flags.join('')}`;
};

const translateGroup = (scanner: Scanner, groups: Groups): string => {
  const named = take(scanner, /\(\?P?<([A-Za-z_]\w*)>/);
  if (named !== null) return openGroup(groups, `(?<${named[1]}>`);
  const flags = take(scanner, /\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])/);
  if (flags === null) {
    if (take(scanner, /\(\?/) !== null) refuse(scanner, 'invalid or unsupported Perl syntax');
    scanner.at += 1;
    return openGroup(groups, '(');
  }
  const [, on = '', off = '', end] = flags;
  if (/[^ims]/.test(`${on}${off}`)) refuse(scanner, 'invalid or unsupported Perl syntax');
  const unique = (text: string): string => [...new Set(text)].join('');
  const opened = `(?${unique(on)}${off === '' ? '' : `-${unique(off)}`}:`;
  if (end === ':') return openGroup(groups, opened);
  groups.at(-1)!.push(opened);
  return opened;
};

const translateRepeat = (scanner: Scanner): string => {
  const counted = take(scanner, /\{(\d+)(?:,(\d*))?\}\??/);
  if (counted === null) {
    scanner.at += 1;
    return String.raw`\{`;
  }
  if (Math.max(Number(counted[1]), Number(counted[2] ?? 0)) > 1000) refuse(scanner, 'invalid repeat count');
  return counted[0];
};

const translateCharacter = (scanner: Scanner, groups: Groups): string => {
  const character = take(scanner, /[^]/u)![0];
  if (character === '|') return nextAlternative(groups);
  if (character === ')') return groups.length === 1 ? refuse(scanner, 'unexpected )') : closeGroup(groups);
  if (/[\]}/]/.test(character)) return `\\${character}`;
  if (!/[*+?]/.test(character)) return character;
  const lazy = take(scanner, /\?/) === null ? '' : '?';
  if (/^[*+?]/.test(scanner.pattern.slice(scanner.at))) refuse(scanner, 'invalid nested repetition operator');
  return character + lazy;
};

/** The source of the same expression in JavaScript, for the flag v. Throws a RegexRefused. */
export const translateRegex = (pattern: string): string => {
  const scanner: Scanner = { pattern, at: 0, inClass: false };
  const groups: Groups = [[]];
  let text = '';
  while (scanner.at < pattern.length) {
    const character = pattern[scanner.at]!;
    if (character === '\\') text += translateEscape(scanner);
    else if (character === '[') text += translateClass(scanner);
    else if (character === '(') text += translateGroup(scanner, groups);
    else if (character === '{') text += translateRepeat(scanner);
    else text += translateCharacter(scanner, groups);
  }
  if (groups.length > 1) refuse(scanner, 'missing closing )');
  return text + ')'.repeat(groups[0]!.length);
};
