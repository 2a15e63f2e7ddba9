// Spansets and pipelines. As in Tempo, && and || bind alike and looser than structural operators, all from the left.
import { fieldText, aggregateText } from './field-text.ts';
import { fieldType, referencesSpan } from './field-type.ts';
import { comparisons, structuralOperators } from './operators.ts';
import { readConstant } from './parse-constant.ts';
import { readAttribute, readField } from './parse-field.ts';
import type { Aggregate, Attribute, Comparison, Field, Spanset, Stage } from './query.ts';
import type { TokenReader } from './token-reader.ts';
import { isNumeric, yes } from './value.ts';

export const aggregates: ReadonlySet<string> = new Set<Aggregate['operator']>(['count', 'min', 'max', 'avg', 'sum']);

const logical: Readonly<Record<string, 'and' | 'or'>> = { '&&': 'and', '||': 'or' };

const markOf = (reader: TokenReader, ahead = 0): string => {
  const token = reader.peek(ahead);
  return token?.kind === 'mark' ? token.text : '';
};

const readCondition = (reader: TokenReader): Field => {
  const token = reader.peek();
  const condition = readField(reader);
  const type = fieldType(condition);
  if (type !== 'any' && type !== 'boolean')
    reader.refuse(token, `span filter field expressions must resolve to a boolean: { ${fieldText(condition)} }`);
  return condition;
};

const readFilter = (reader: TokenReader): Spanset => {
  if (reader.skip('}')) return { kind: 'filter', condition: { kind: 'literal', value: yes } };
  const condition = readCondition(reader);
  reader.expect('}');
  return { kind: 'filter', condition };
};

/** What stands in ( ): a spanset, or a whole pipeline. */
const readWrapped = (reader: TokenReader): Spanset => {
  const stages = readStages(reader);
  const [only] = stages;
  reader.expect(')');
  return stages.length === 1 && only !== undefined && isSpanset(only) ? only : { kind: 'pipeline', stages };
};

const isSpanset = (stage: Stage): stage is Spanset =>
  stage.kind === 'filter' || stage.kind === 'and' || stage.kind === 'or' || stage.kind === 'structural' || stage.kind === 'pipeline';

const readPrimary = (reader: TokenReader): Spanset => {
  const token = reader.take();
  using _depth = reader.enter(token);
  if (token.text === '{') return readFilter(reader);
  if (token.text === '(') return readWrapped(reader);
  return reader.refuse(token, `expected { or (, found ${JSON.stringify(token.text)}`);
};

const readStructural = (reader: TokenReader): Spanset => {
  let left = readPrimary(reader);
  for (let operator = structuralOperators.get(markOf(reader)); operator !== undefined; operator = structuralOperators.get(markOf(reader))) {
    reader.take();
    left = { kind: 'structural', operator, left, right: readPrimary(reader) };
  }
  return left;
};

const readSpanset = (reader: TokenReader): Spanset => {
  let left = readStructural(reader);
  for (let kind = logical[markOf(reader)]; kind !== undefined; kind = logical[markOf(reader)]) {
    reader.take();
    left = { kind, left, right: readStructural(reader) };
  }
  return left;
};

const readAggregate = (reader: TokenReader): Aggregate => {
  const token = reader.take();
  const operator = token.text as Aggregate['operator'];
  reader.expect('(');
  if (operator === 'count') {
    reader.expect(')');
    return { operator, operand: null };
  }
  const operand = readField(reader);
  const type = fieldType(operand);
  const written = aggregateText({ operator, operand });
  if (type !== 'any' && !isNumeric(type)) reader.refuse(token, `aggregate field expressions must resolve to a number type: ${written}`);
  if (!referencesSpan(operand)) reader.refuse(token, `aggregate field expressions must reference the span: ${written}`);
  reader.expect(')');
  return { operator, operand };
};

/** As Tempo 3 has it: an aggregate on the left, a number on the right. */
const readScalarFilter = (reader: TokenReader): Stage => {
  const aggregate = readAggregate(reader);
  const token = reader.take();
  if (!comparisons.has(token.text))
    reader.refuse(
      token,
      `a scalar filter is an aggregate, a comparison and a number; ${JSON.stringify(token.text)} not yet supported here`,
    );
  return { kind: 'scalar-filter', aggregate, operator: token.text as Comparison, value: readConstant(reader) };
};

const readGroup = (reader: TokenReader): Stage => {
  const token = reader.take();
  reader.expect('(');
  const field = readField(reader);
  if (!referencesSpan(field)) reader.refuse(token, `grouping field expressions must reference the span: by(${fieldText(field)})`);
  reader.expect(')');
  return { kind: 'by', field };
};

export const readAttributeList = (reader: TokenReader): readonly Attribute[] => {
  reader.expect('(');
  const attributes = [readAttribute(reader)];
  while (reader.skip(',')) attributes.push(readAttribute(reader));
  reader.expect(')');
  return attributes;
};

const readSelect = (reader: TokenReader): Stage => {
  reader.take();
  return { kind: 'select', attributes: readAttributeList(reader) };
};

const readCoalesce = (reader: TokenReader): Stage => {
  reader.take();
  reader.expect('(');
  reader.expect(')');
  return { kind: 'coalesce' };
};

const readStage = (reader: TokenReader): Stage => {
  const mark = markOf(reader);
  if (aggregates.has(mark)) return readScalarFilter(reader);
  if (mark === 'by') return readGroup(reader);
  if (mark === 'select') return readSelect(reader);
  if (mark === 'coalesce') return readCoalesce(reader);
  if (mark === '{' || mark === '(') return readSpanset(reader);
  const token = reader.peek();
  return reader.refuse(token, `${JSON.stringify(token?.text ?? '')} is not supported here by the embedded stack`);
};

/** Stages up to what is none of a search: the end, a closing parenthesis, or a metrics function after the last `|`. */
export const readStages = (reader: TokenReader, isMetric: (mark: string) => boolean = () => false): readonly Stage[] => {
  const stages = [readStage(reader)];
  while (markOf(reader) === '|' && !isMetric(markOf(reader, 1))) {
    reader.take();
    stages.push(readStage(reader));
  }
  return stages;
};
