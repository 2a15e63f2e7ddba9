// The tokens of one action -> a pipeline: commands joined by |, each an operand or a function with its arguments.
import { unquote } from '../../promql/syntax/quoted-text.ts';
import { functions, unsupportedFunctions } from './functions.ts';
import { TemplateError } from './template-error.ts';
import type { Command, Operand, Pipeline } from './template-tree.ts';
import type { Token, TokenKind } from './tokens.ts';

export type PipelineSource = {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Of the action, for what is missing. */
  readonly position: number;
  isVariable(name: string): boolean;
};

type Cursor = PipelineSource & { at: number };

const peek = (cursor: Cursor): Token | undefined => cursor.tokens[cursor.at];

const fail = (cursor: Cursor, message: string, token = peek(cursor)): never => {
  throw new TemplateError(cursor.text, token?.position ?? cursor.position, message);
};

const failAt = (cursor: Cursor, message: string, position: number): never => {
  throw new TemplateError(cursor.text, position, message);
};

const take = (cursor: Cursor, kind: TokenKind): Token | null => {
  const token = peek(cursor);
  if (token?.kind !== kind) return null;
  cursor.at += 1;
  return token;
};

const takeFields = (cursor: Cursor): string[] => {
  const fields: string[] = [];
  for (let token = peek(cursor); token?.kind === 'field' && token.attached; token = peek(cursor)) {
    fields.push(token.text.slice(1));
    cursor.at += 1;
  }
  return fields;
};

const stringOf = (cursor: Cursor, token: Token): string => unquote(token.text) ?? fail(cursor, `invalid string ${token.text}`, token);

const characterOf = (cursor: Cursor, token: Token): bigint => {
  const inner = token.text === `'"'` ? '"' : (unquote(`"${token.text.slice(1, -1).replace(/^\\'$/, "'")}"`) ?? '');
  return Array.from(inner).length === 1
    ? BigInt(inner.codePointAt(0)!)
    : fail(cursor, `malformed character constant: ${token.text}`, token);
};

/** An integer stays one: it is no float64 to Go's comparisons. */
const numberOf = (cursor: Cursor, token: Token): bigint | number => {
  const digits = token.text.replaceAll('_', '');
  const whole = /^([+-]?)(0[xXbBoO][\da-fA-F]+|\d+)$/.exec(digits);
  if (whole !== null) {
    const legacyOctal = /^0[0-7]+$/.test(whole[2]!) ? `0o${whole[2]!.slice(1)}` : whole[2]!;
    const value = /^0\d*[89]/.test(whole[2]!) ? fail(cursor, `bad number syntax: ${token.text}`, token) : BigInt(legacyOctal);
    return whole[1] === '-' ? -value : value;
  }
  const value = Number(digits);
  return Number.isNaN(value) ? fail(cursor, `bad number syntax: ${token.text}`, token) : value;
};

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['nil', null],
]);

const wordOf = (cursor: Cursor, { text: name, position }: Token): Operand => {
  const constant = constants.get(name);
  if (constant !== undefined) return { kind: 'literal', value: constant, position };
  cursor.at -= 1;
  if (unsupportedFunctions.has(name))
    return fail(cursor, `function ${JSON.stringify(name)} is one of Prometheus' that this stack does not have`);
  if (!functions.has(name)) return fail(cursor, `function ${JSON.stringify(name)} not defined`);
  cursor.at += 1;
  return { kind: 'function', name, position };
};

const parenthesised = (cursor: Cursor, { position }: Token): Operand => {
  const base = pipelineFrom(cursor);
  if (take(cursor, ')') === null) fail(cursor, 'unclosed left paren');
  return { kind: 'chain', base, fields: takeFields(cursor), position };
};

const variableOf = (cursor: Cursor, token: Token): Operand => {
  if (!cursor.isVariable(token.text)) fail(cursor, `undefined variable ${JSON.stringify(token.text)}`, token);
  return { kind: 'chain', base: { variable: token.text }, fields: takeFields(cursor), position: token.position };
};

/** null at the end of a command. */
const operandFrom = (cursor: Cursor): Operand | null => {
  const token = peek(cursor);
  if (token === undefined || token.kind === '|' || token.kind === ')') return null;
  cursor.at += 1;
  const { position } = token;
  switch (token.kind) {
    case 'string':
      return { kind: 'literal', value: stringOf(cursor, token), position };
    case 'character':
      return { kind: 'literal', value: characterOf(cursor, token), position };
    case 'number':
      return { kind: 'literal', value: numberOf(cursor, token), position };
    case 'dot':
      return { kind: 'chain', base: 'dot', fields: [], position };
    case 'field':
      return { kind: 'chain', base: 'dot', fields: [token.text.slice(1), ...takeFields(cursor)], position };
    case 'variable':
      return variableOf(cursor, token);
    case 'word':
      return wordOf(cursor, token);
    case '(':
      return parenthesised(cursor, token);
    default:
      return fail(cursor, `unexpected ${JSON.stringify(token.text)} in operand`, token);
  }
};

const commandFrom = (cursor: Cursor): Command => {
  const position = peek(cursor)?.position ?? cursor.position;
  const operands: Operand[] = [];
  for (let operand = operandFrom(cursor); operand !== null; operand = operandFrom(cursor)) {
    const next = peek(cursor);
    if (next?.attached === true && next.kind !== ')' && next.kind !== '|')
      fail(cursor, `unexpected ${JSON.stringify(next.text)} in operand`);
    operands.push(operand);
  }
  return { position, operands };
};

const isExecutable = ({ kind, ...operand }: Operand): boolean =>
  kind !== 'literal' && !(kind === 'chain' && 'base' in operand && operand.base === 'dot' && operand.fields.length === 0);

const checkCommand = (cursor: Cursor, { operands, position }: Command, stage: number): void => {
  const [first] = operands;
  if (first === undefined) failAt(cursor, stage === 0 ? 'missing value for command' : 'empty command', position);
  else if (stage > 0 && !isExecutable(first)) failAt(cursor, `non executable command in pipeline stage ${stage + 1}`, position);
};

/** `$x :=`, `$i, $x :=`, `$x =`; nothing where the action does not begin so. */
const assignmentFrom = (cursor: Cursor): Pick<Pipeline, 'variables' | 'declares'> => {
  const kinds = cursor.tokens.slice(cursor.at, cursor.at + 4).map(({ kind }) => kind);
  const several = kinds[0] === 'variable' && kinds[1] === ',' && kinds[2] === 'variable';
  const operator = kinds[several ? 3 : 1];
  if (kinds[0] !== 'variable' || (operator !== ':=' && operator !== '=')) return { variables: [], declares: false };
  const names = cursor.tokens.slice(cursor.at, cursor.at + (several ? 3 : 1)).filter(({ kind }) => kind === 'variable');
  cursor.at += several ? 4 : 2;
  return { variables: names.map(({ text }) => text), declares: operator === ':=' };
};

const pipelineFrom = (cursor: Cursor): Pipeline => {
  const position = peek(cursor)?.position ?? cursor.position;
  const assignment = assignmentFrom(cursor);
  const commands = [commandFrom(cursor)];
  while (take(cursor, '|') !== null) {
    // Go lets a pipeline end so.
    if (peek(cursor) === undefined || peek(cursor)?.kind === ')') break;
    commands.push(commandFrom(cursor));
  }
  commands.forEach((command, stage) => checkCommand(cursor, command, stage));
  return { position, ...assignment, commands };
};

/** Throws a TemplateError. */
export const parsePipeline = (source: PipelineSource): Pipeline => {
  const cursor = { ...source, at: 0 };
  const pipeline = pipelineFrom(cursor);
  if (peek(cursor) !== undefined) fail(cursor, `unexpected ${JSON.stringify(peek(cursor)!.text)}`);
  return pipeline;
};
