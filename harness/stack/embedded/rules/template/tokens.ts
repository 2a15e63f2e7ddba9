// A template's text -> literal text and the tokens of its actions, as Go's text/template cuts them.
import { TemplateError } from './template-error.ts';

export type TokenKind = 'field' | 'variable' | 'word' | 'string' | 'character' | 'number' | 'dot' | '|' | ':=' | '=' | ',' | '(' | ')';

export type Token = {
  readonly kind: TokenKind;
  readonly text: string;
  readonly position: number;
  /** Directly behind the token before it: `$labels.job` is one operand, `$labels .job` are two. */
  readonly attached: boolean;
};

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly position: number; readonly tokens: readonly Token[] };

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/uy],
  ['character', /'(?:[^'\\\n]|\\.[^']*)'/uy],
  ['number', /[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/uy],
  [':=', /:=/y],
  ['dot', /\./y],
  ['|', /\|/y],
  ['=', /=/y],
  [',', /,/y],
  ['(', /\(/y],
  [')', /\)/y],
];

const tokenAt = (text: string, position: number, attached: boolean): Token => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) return { kind, text: match[0], position, attached };
  }
  const what =
    text[position] === '"' || text[position] === '`' ? 'unterminated quoted string' : `unexpected ${JSON.stringify(text[position])}`;
  throw new TemplateError(text, position, what);
};

const spaces = /[ \t\r\n]*/y;

const skipSpace = (text: string, position: number): number => {
  spaces.lastIndex = position;
  return position + (spaces.exec(text)?.[0].length ?? 0);
};

/** Where an action's tokens end and where the text goes on; a minus before the end, set off by a space, eats the space behind it. */
const endOfAction = (text: string, position: number): { readonly next: number; readonly trims: boolean } | null => {
  if (text.startsWith('}}', position)) return { next: position + 2, trims: false };
  const trims = text.startsWith('-}}', position) && /\s/.test(text[position - 1] ?? '');
  return trims ? { next: position + 3, trims } : null;
};

type Action = { readonly tokens: readonly Token[]; readonly next: number; readonly trims: boolean };

const readAction = (text: string, open: number, from: number): Action => {
  const tokens: Token[] = [];
  for (let position = from; ;) {
    const at = skipSpace(text, position);
    if (at >= text.length) throw new TemplateError(text, open, 'unclosed action');
    const end = endOfAction(text, at);
    if (end !== null) return { tokens, ...end };
    const token = tokenAt(text, at, at === position && tokens.length > 0);
    tokens.push(token);
    position = at + token.text.length;
  }
};

/** A comment stands alone in its action. */
const readComment = (text: string, open: number, from: number): Action => {
  const close = text.indexOf('*/', from);
  if (close < 0) throw new TemplateError(text, open, 'unclosed comment');
  const end = endOfAction(text, close + 2) ?? endOfAction(text, skipSpace(text, close + 2));
  if (end === null) throw new TemplateError(text, close, 'comment ends before closing delimiter');
  return { tokens: [], ...end };
};

const trimEnd = (text: string, trims: boolean): string => (trims ? text.replace(/[ \t\r\n]+$/, '') : text);

export const cutTemplate = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  for (let position = 0; ;) {
    const open = text.indexOf('{{', position);
    if (open < 0) return [...pieces, { kind: 'text', text: text.slice(position) }];
    const trimsBefore = /^\{\{-\s/.test(text.slice(open, open + 4));
    pieces.push({ kind: 'text', text: trimEnd(text.slice(position, open), trimsBefore) });
    const from = skipSpace(text, open + (trimsBefore ? 3 : 2));
    const isComment = text.startsWith('/*', from);
    const { tokens, next, trims } = isComment ? readComment(text, open, from) : readAction(text, open, from);
    if (!isComment) pieces.push({ kind: 'action', position: open, tokens });
    position = trims ? skipSpace(text, next) : next;
  }
};
