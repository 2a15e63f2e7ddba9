// `<ip> - <_> "<method>"`: captures and the literal texts between them, as a parser and as a line filter.

type Part = { readonly kind: 'capture' | 'literal'; readonly text: string };

export type LinePattern = readonly Part[];

const split = (text: string): LinePattern => {
  const parts: Part[] = [];
  let at = 0;
  for (const found of text.matchAll(/<([A-Za-z_][A-Za-z0-9_]*)>/g)) {
    if (found.index > at) parts.push({ kind: 'literal', text: text.slice(at, found.index) });
    parts.push({ kind: 'capture', text: found[1] ?? '' });
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push({ kind: 'literal', text: text.slice(at) });
  return parts;
};

const refuseNeighbours = (parts: LinePattern): void => {
  const index = parts.findIndex((part, at) => part.kind === 'capture' && parts[at + 1]?.kind === 'capture');
  if (index >= 0) throw new Error(`found consecutive capture '<${parts[index]!.text}><${parts[index + 1]!.text}>': invalid expression`);
};

/** For the parser: at least one named capture, no name twice. */
export const parseLinePattern = (text: string): LinePattern => {
  const parts = split(text);
  const names = parts.filter(({ kind, text: name }) => kind === 'capture' && name !== '_').map(({ text: name }) => name);
  if (names.length === 0) throw new Error('invalid pattern parser: at least one capture is required');
  refuseNeighbours(parts);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`invalid pattern parser: duplicate capture name (${twice}): invalid expression`);
  return parts;
};

/** What the named captures take; one that is not reached has nothing, one whose end is not found takes the rest of the line. */
export const capturesOf = (pattern: LinePattern, line: string): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  if (line === '') return found;
  let rest = line;
  let at = 0;
  if (pattern[0]?.kind === 'literal') {
    if (!line.startsWith(pattern[0].text)) return found;
    rest = line.slice(pattern[0].text.length);
    at = 1;
  }
  for (; at < pattern.length; at += 2) {
    const name = pattern[at]!.text;
    const literal = pattern[at + 1]?.text;
    const end = literal === undefined ? -1 : rest.indexOf(literal);
    if (name !== '_') found.push([name, end < 0 ? rest : rest.slice(0, end)]);
    if (end < 0) return found;
    rest = rest.slice(end + literal!.length);
  }
  return found;
};

/** For the filters `|>` and `!>`: `<_>` stands for any text but none. */
export const compilePatternFilter = (text: string): ((line: string) => boolean) => {
  const parts = split(text);
  refuseNeighbours(parts);
  const named = parts.find((part) => part.kind === 'capture' && part.text !== '_');
  if (named !== undefined) throw new Error(`named captures are not allowed: found '<${named.text}>'`);
  return (line) => matches(parts, line);
};

const matches = (parts: LinePattern, line: string): boolean => {
  if (line === '' || parts.length === 0) return line === '' && parts.length === 0;
  let at = 0;
  for (const [index, { kind, text }] of parts.entries()) {
    if (kind === 'capture') continue;
    const found = line.indexOf(text, at);
    if (found < 0 || (index > 0 && found === at)) return false;
    at = found + text.length;
  }
  return (parts.at(-1)!.kind === 'capture') === at < line.length;
};
