// Reads one character or class of an expression, as translateRegex writes it (for the flag v): the code points that it takes.
import type { CodePoints } from './code-points.ts';
import { complement, foldCase, unite } from './code-points.ts';

const controls: Readonly<Record<string, number>> = { f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b };

const characterPoint = (text: string): number => {
  const hex = /^\\(?:u\{([^}]+)\}|x(..))$/.exec(text);
  if (hex !== null) return Number.parseInt(hex[1] ?? hex[2]!, 16);
  const control = text.startsWith('\\') ? controls[text[1]!] : undefined;
  return control ?? text.codePointAt(text.startsWith('\\') ? 1 : 0)!;
};

const character = String.raw`\\u\{[^}]+\}|\\x[0-9A-Fa-f]{2}|\\[^pP]|[^\\[\]]`;
const inner = String.raw`\[\^?(?:${character}|\\[pP]\{[^}]+\})*\]`;

/** What `readClass` takes as one. */
export const classSource = String.raw`\[\^?(?:${inner}|${character}|\\[pP]\{[^}]+\})*\]`;

const item = new RegExp(`${inner}|(${character})(?:-(${character}))?|[^]`, 'gu');

/** Null for what has no end: a class of Unicode. */
export const readClass = (source: string, ignoresCase: boolean): CodePoints | null => {
  const isNegated = source.startsWith('[^');
  const sets: CodePoints[] = [];
  for (const [text, from, to] of source.slice(isNegated ? 2 : 1, -1).matchAll(item)) {
    const isClass = text.startsWith('[');
    if (from === undefined && !isClass) return null;
    const set = isClass ? readClass(text, ignoresCase) : [[characterPoint(from!), characterPoint(to ?? from!)] as const];
    if (set === null) return null;
    sets.push(set);
  }
  const set = ignoresCase ? foldCase(unite(sets)) : unite(sets);
  return isNegated ? complement(set) : set;
};

export const readCharacter = (source: string, ignoresCase: boolean): CodePoints => {
  const point = characterPoint(source);
  return ignoresCase ? foldCase([[point, point]]) : [[point, point]];
};
