// A template's text -> its tree. What Go refuses, and what this does not do (define, template, block, break, continue), is refused with its place.
import { parsePipeline } from './parse-pipeline.ts';
import { predefined } from './template-data.ts';
import { TemplateError } from './template-error.ts';
import type { Pipeline, TemplateNode } from './template-tree.ts';
import type { Piece, Token } from './tokens.ts';
import { cutTemplate } from './tokens.ts';

type Action = Extract<Piece, { kind: 'action' }>;
type Cursor = { readonly text: string; readonly pieces: readonly Piece[]; at: number; variables: readonly string[] };

const refused: ReadonlySet<string> = new Set(['define', 'template', 'block', 'break', 'continue']);

const fail = (cursor: Cursor, action: Action, message: string): never => {
  throw new TemplateError(cursor.text, action.tokens[0]?.position ?? action.position, message);
};

const keywordOf = (action: Action): string => (action.tokens[0]?.kind === 'word' ? action.tokens[0].text : '');

const pipelineOf = (cursor: Cursor, { position }: Action, tokens: readonly Token[]): Pipeline => {
  const { text, variables } = cursor;
  const pipeline = parsePipeline({ text, tokens, position, isVariable: (name) => variables.includes(name) });
  // Go takes `$x = 1` without a declaration too; it fails when it is expanded.
  cursor.variables = [...variables, ...pipeline.variables];
  return pipeline;
};

type Ending = { readonly nodes: readonly TemplateNode[]; readonly action: Action | null };

/** Up to {{end}} or {{else}}, or the end of the text. */
const nodesUntilEnd = (cursor: Cursor): Ending => {
  const nodes: TemplateNode[] = [];
  for (let piece = cursor.pieces[cursor.at]; piece !== undefined; piece = cursor.pieces[cursor.at]) {
    cursor.at += 1;
    if (piece.kind === 'text') {
      if (piece.text !== '') nodes.push(piece);
      continue;
    }
    const keyword = keywordOf(piece);
    if (keyword === 'end' || keyword === 'else') return { nodes, action: piece };
    nodes.push(nodeOf(cursor, piece, keyword));
  }
  return { nodes, action: null };
};

const nodeOf = (cursor: Cursor, action: Action, keyword: string): TemplateNode => {
  if (refused.has(keyword)) return fail(cursor, action, `{{${keyword}}} is not supported in alerts' templates here`);
  if (keyword === 'if' || keyword === 'with' || keyword === 'range') return controlOf(cursor, action, keyword, action.tokens.slice(1));
  const pipeline = pipelineOf(cursor, action, action.tokens);
  if (pipeline.variables.length > 1) return fail(cursor, action, 'too many declarations in command');
  return { kind: 'output', pipeline };
};

const controlOf = (cursor: Cursor, action: Action, kind: 'if' | 'with' | 'range', tokens: readonly Token[]): TemplateNode => {
  const outside = cursor.variables;
  const pipeline = pipelineOf(cursor, action, tokens);
  if (pipeline.variables.length > 1 && kind !== 'range') fail(cursor, action, `too many declarations in ${kind}`);
  const inside = cursor.variables;
  const { nodes: body, action: ending } = nodesUntilEnd(cursor);
  if (ending === null) return fail(cursor, action, `unexpected EOF: {{${kind}}} has no {{end}}`);
  cursor.variables = inside;
  const otherwise = keywordOf(ending) === 'else' ? otherwiseOf(cursor, ending, kind) : endOf(cursor, ending);
  cursor.variables = outside;
  return { kind, pipeline, body, otherwise };
};

const endOf = (cursor: Cursor, ending: Action): readonly TemplateNode[] =>
  ending.tokens.length > 1 ? fail(cursor, ending, 'unexpected text in end') : [];

const otherwiseOf = (cursor: Cursor, action: Action, kind: 'if' | 'with' | 'range'): readonly TemplateNode[] => {
  const [, second, ...rest] = action.tokens;
  // `else if` shares the {{end}} of its `if`.
  if (second?.text === kind && kind !== 'range') return [controlOf(cursor, action, kind, rest)];
  if (second !== undefined) fail(cursor, action, `unexpected ${JSON.stringify(second.text)} in else`);
  const { nodes, action: ending } = nodesUntilEnd(cursor);
  if (ending === null) return fail(cursor, action, 'unexpected EOF: {{else}} has no {{end}}');
  if (keywordOf(ending) === 'else') fail(cursor, ending, 'expected end; found {{else}}');
  endOf(cursor, ending);
  return nodes;
};

/** Throws a TemplateError. */
export const parseTemplate = (text: string): readonly TemplateNode[] => {
  const cursor: Cursor = { text, pieces: cutTemplate(text), at: 0, variables: predefined };
  const { nodes, action } = nodesUntilEnd(cursor);
  if (action !== null) fail(cursor, action, `unexpected {{${keywordOf(action)}}}`);
  return nodes;
};
