// Path and query parameters, from text to typed values by the same schemas that OpenAPI shows. Every problem is found, not the first alone.
import { distance } from 'fastest-levenshtein';
import type { Static, TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { describeProblems } from '../contract/schema-problems.ts';
import { invalidQuery, type Problem } from './request-problem.ts';
import { parseTimestamp } from './timestamp.ts';

export type RawParameters = Readonly<Record<string, unknown>>;

type Schema = TSchema & { readonly type?: string; readonly format?: string };

/** Throws a RequestProblem invalid_query. `date-time` comes out in UTC with microseconds. */
export const createParameterParser = <S extends TObject>(schema: S): ((raw: RawParameters) => Static<S>) => {
  // Maps: a client may ask for `__proto__` or `constructor`, which every object has.
  const properties = new Map<string, Schema>(Object.entries(schema.properties));
  const validators = new Map([...properties].map(([name, property]) => [name, Compile(property)]));
  const required: readonly string[] = schema.required ?? [];

  const read = (name: string, raw: unknown): { readonly value: unknown } | { readonly problem: string } => {
    const property = properties.get(name);
    if (property === undefined) return { problem: `is no parameter here.${near(name, [...properties.keys()])}` };
    if (typeof raw !== 'string') return { problem: 'is given more than once; give it once.' };
    if (raw.includes('\0') || !raw.isWellFormed()) return { problem: 'holds U+0000 or a lone surrogate, which nothing stored can hold.' };
    const value = coerce(raw, property);
    const wrong = value === null ? expectationOf(property) : describeProblems(validators.get(name)?.Errors(value) ?? [])[0]?.message;
    return wrong === undefined ? { value } : { problem: `is '${shorten(raw)}': ${wrong}.` };
  };

  return (raw) => {
    const names = [...new Set([...required, ...Object.keys(raw)])];
    const found = names.map((name) => [name, raw[name] === undefined ? { problem: 'is missing.' } : read(name, raw[name])] as const);
    const problems = found.flatMap(([parameter, result]): Problem[] =>
      'problem' in result ? [{ parameter: shorten(parameter), message: result.problem }] : [],
    );
    if (problems.length > 0) throw invalidQuery(problems.slice(0, problemsShown));
    return Object.fromEntries(found.map(([name, result]) => [name, 'value' in result ? result.value : undefined])) as Static<S>;
  };
};

const problemsShown = 20;
const charactersShown = 80;

/** null: not of the parameter's type. */
const coerce = (raw: string, { type, format }: Schema): unknown => {
  if (type === 'integer') return /^-?\d{1,16}$/.test(raw) ? Number(raw) : null;
  return format === 'date-time' ? parseTimestamp(raw) : raw;
};

const expectationOf = ({ type }: Schema) =>
  type === 'integer' ? 'must be a whole number' : 'must be an RFC 3339 date and time with an offset, such as 2026-01-02T03:04:05Z';

const near = (name: string, known: readonly string[]) => {
  const nearest = known
    .map((candidate) => ({ candidate, edits: distance(name.slice(0, charactersShown), candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3))
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, 2);
  if (nearest.length > 0) return ` Did you mean ${nearest.map(({ candidate }) => candidate).join(' or ')}?`;
  return known.length === 0 ? ' There are none.' : ` There are ${known.join(', ')}.`;
};

const shorten = (text: string) =>
  (text.length <= charactersShown ? text : `${text.slice(0, charactersShown)}…`).toWellFormed().replaceAll('\0', '\\0');
