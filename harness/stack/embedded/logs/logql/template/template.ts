// line_format and label_format: a stated part of Go's text/template. Text, fields, pipelines, parentheses, if / else if / else, comments and trimming;
// variables, with, range, define and the rest are refused by name.
import { parseExpression } from './expression.ts';
import type { Expression, TemplateScope } from './expression.ts';
import { splitTemplate } from './scan.ts';
import type { Piece } from './scan.ts';
import { isTruthy, textOfValue } from './value.ts';

export type Template = {
  /** Labels that it reads. */
  readonly fields: readonly string[];
  /** Throws where a function can't work with what it got. */
  render(scope: TemplateScope): string;
};

type Render = (scope: TemplateScope) => string;

type Reader = { readonly pieces: readonly Piece[]; at: number; readonly fields: Set<string> };

const refused = ['range', 'define', 'template', 'block', 'break', 'continue', 'with'];

const readList = (reader: Reader): Render => {
  const parts: Render[] = [];
  for (let piece = reader.pieces[reader.at]; piece !== undefined; piece = reader.pieces[reader.at]) {
    if (piece.kind === 'action' && /^(?:end|else)\b/.test(piece.text)) break;
    reader.at += 1;
    parts.push(readPiece(reader, piece));
  }
  return (scope) => parts.map((part) => part(scope)).join('');
};

const readPiece = (reader: Reader, { kind, text }: Piece): Render => {
  if (kind === 'text') return () => text;
  const [, keyword = ''] = /^([a-z]+)\b/.exec(text) ?? [];
  if (keyword === 'if') return readIf(reader, text.slice(2));
  if (refused.includes(keyword)) throw new Error(`template: {{${keyword}}} is not supported by the embedded stack`);
  const value = parseExpression(text, reader.fields);
  return (scope) => textOfValue(value(scope));
};

const readElse = (reader: Reader, text: string): Render => {
  const [, condition] = /^else\s+if\b([^]*)$/.exec(text) ?? [];
  return condition === undefined ? readEnd(reader, readList(reader)) : readIf(reader, condition);
};

const readEnd = (reader: Reader, list: Render): Render => {
  if (reader.pieces[reader.at]?.text !== 'end') throw new Error('template: unexpected end of the template: {{end}} is missing');
  reader.at += 1;
  return list;
};

const readIf = (reader: Reader, condition: string): Render => {
  const test: Expression = parseExpression(condition.trim(), reader.fields);
  const then = readList(reader);
  const next = reader.pieces[reader.at];
  if (next === undefined || !next.text.startsWith('else')) {
    readEnd(reader, then);
    return (scope) => (isTruthy(test(scope)) ? then(scope) : '');
  }
  reader.at += 1;
  const otherwise = readElse(reader, next.text);
  return (scope) => (isTruthy(test(scope)) ? then(scope) : otherwise(scope));
};

/** Throws for what is no template, or not supported. */
export const parseTemplate = (source: string): Template => {
  const fields = new Set<string>();
  const reader: Reader = { pieces: splitTemplate(source), at: 0, fields };
  const render = readList(reader);
  const rest = reader.pieces[reader.at];
  if (rest !== undefined) throw new Error(`template: unexpected {{${rest.text}}}`);
  return { fields: [...fields], render };
};
