// Splits a template into text and actions, and an action into its words.
import { unquote } from '../../../quoted-text.ts';

export type Piece = { readonly kind: 'text' | 'action'; readonly text: string };

/** `{{-` and `-}}` take the blanks beside them away; comments go. */
export const splitTemplate = (source: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  let trimsStart = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const text = open < 0 ? source.slice(at) : source.slice(at, open);
    const trimsEnd = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    const kept = trimsEnd ? text.trimEnd() : text;
    pieces.push({ kind: 'text', text: trimsStart ? kept.trimStart() : kept });
    if (open < 0) break;
    const action = /\{\{(?:-(?=\s))?((?:"(?:[^"\\]|\\.)*"|`[^`]*`|\/\*[^]*?\*\/|[^"`])*?)(\s-)?\}\}/y;
    action.lastIndex = open;
    const found = action.exec(source);
    if (found === null) throw new Error('template: unclosed action');
    trimsStart = found[2] !== undefined;
    if (!/^\s*\/\*[^]*\*\/\s*$/.test(found[1]!)) pieces.push({ kind: 'action', text: found[1]!.trim() });
    at = open + found[0].length;
  }
  return pieces;
};

export type Word =
  | { readonly kind: 'field' | 'name' | 'text' | 'sign'; readonly text: string }
  | { readonly kind: 'number'; readonly value: bigint | number };

const word =
  /\s*(?:("(?:[^"\\]|\\.)*"|`[^`]*`)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])|(\.[A-Za-z_]\w*(?:\.\w+)*)|([A-Za-z_]\w*)|(\$\w*|:=|[|().,=]))/y;

export const wordsOf = (action: string): readonly Word[] => {
  const words: Word[] = [];
  word.lastIndex = 0;
  while (word.lastIndex < action.trimEnd().length) {
    const from = word.lastIndex;
    const found = word.exec(action);
    if (found === null) throw new Error(`template: unexpected ${JSON.stringify(action.slice(from).trim())} in {{${action}}}`);
    const [, quoted, number, field, name, sign] = found;
    if (quoted !== undefined) words.push({ kind: 'text', text: unquote(quoted) });
    else if (number !== undefined) words.push({ kind: 'number', value: /^-?\d+$/.test(number) ? BigInt(number) : Number(number) });
    else if (field !== undefined) words.push({ kind: 'field', text: field.slice(1) });
    else if (name !== undefined) words.push({ kind: 'name', text: name });
    else words.push({ kind: 'sign', text: sign! });
  }
  return words;
};
