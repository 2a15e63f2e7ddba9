// One action of a template: commands joined by `|`, each a value or a function with its arguments; what is piped comes as the last argument.
import type { TemplateFunction } from './functions.ts';
import { templateFunctions } from './functions.ts';
import { wordsOf } from './scan.ts';
import type { Word } from './scan.ts';
import { TemplateProblem } from './value.ts';
import type { TemplateValue } from './value.ts';

export type TemplateScope = {
  get(name: string): string | undefined;
  readonly line: string;
  readonly atNano: bigint;
};

export type Expression = (scope: TemplateScope) => TemplateValue;

type Cursor = { readonly words: readonly Word[]; at: number; readonly fields: Set<string> };

const constants: ReadonlyMap<string, Expression> = new Map<string, Expression>([
  ['true', () => true],
  ['false', () => false],
  ['__line__', ({ line }) => line],
  ['__timestamp__', ({ atNano }) => ({ nanos: atNano })],
]);

const notSupported = (what: string): never => {
  throw new Error(`template: ${what} is not supported by the embedded stack`);
};

const isSign = (word: Word | undefined, text: string): boolean => word?.kind === 'sign' && word.text === text;

const functionOf = (name: string): TemplateFunction => templateFunctions.get(name) ?? notSupported(`function ${JSON.stringify(name)}`);

const readParenthesised = (cursor: Cursor): Expression => {
  const inner = readPipeline(cursor);
  if (!isSign(cursor.words[cursor.at], ')')) throw new Error('template: unclosed left paren');
  cursor.at += 1;
  return inner;
};

const readField = (cursor: Cursor, name: string): Expression => {
  if (name.includes('.')) return notSupported(`field .${name}`);
  cursor.fields.add(name);
  return (scope) => scope.get(name) ?? '';
};

const readOperand = (cursor: Cursor): Expression => {
  const word = cursor.words[cursor.at];
  cursor.at += 1;
  if (word === undefined) throw new Error('template: missing value for command');
  switch (word.kind) {
    case 'field':
      return readField(cursor, word.text);
    case 'text':
      return () => word.text;
    case 'number':
      return () => word.value;
    case 'name': {
      const constant = constants.get(word.text);
      const apply = constant === undefined ? functionOf(word.text) : null;
      return constant ?? (() => apply!());
    }
    case 'sign':
      return word.text === '(' ? readParenthesised(cursor) : notSupported(JSON.stringify(word.text));
  }
};

const isEndOfCommand = (word: Word | undefined): boolean => word === undefined || isSign(word, '|') || isSign(word, ')');

const call = (apply: TemplateFunction, values: readonly Expression[]): Expression => {
  return (scope) => apply(...values.map((value) => value(scope)));
};

const readCommand = (cursor: Cursor, piped: Expression | null): Expression => {
  const first = cursor.words[cursor.at];
  const isFunction = first?.kind === 'name' && !constants.has(first.text);
  if (isFunction) cursor.at += 1;
  const values: Expression[] = [];
  while (!isEndOfCommand(cursor.words[cursor.at])) values.push(readOperand(cursor));
  if (piped !== null) values.push(piped);
  if (isFunction) return call(functionOf(first.text), values);
  if (values.length === 0) throw new TemplateProblem('template: missing value for command');
  if (values.length !== 1) throw new TemplateProblem("template: can't give argument to non-function");
  return values[0]!;
};

const readPipeline = (cursor: Cursor): Expression => {
  let value = readCommand(cursor, null);
  while (isSign(cursor.words[cursor.at], '|')) {
    cursor.at += 1;
    value = readCommand(cursor, value);
  }
  return value;
};

/** Throws for what is not understood. Labels that it reads go into `fields`. */
export const parseExpression = (action: string, fields: Set<string>): Expression => {
  const cursor: Cursor = { words: wordsOf(action), at: 0, fields };
  const value = readPipeline(cursor);
  if (cursor.at < cursor.words.length) throw new Error(`template: unexpected ")" in {{${action}}}`);
  return value;
};
