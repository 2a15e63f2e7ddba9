// A fix as data: what is to become of places in an event's metadata, each under a condition. Key, order and identity of an event are not for a fix to change.
import { type Static, Type } from 'typebox';
import { eventLimits } from '../contract/event-limits.ts';
import { parsePointer } from './json-place.ts';

const longestPointer = 1024;
const mostRules = 50;

const strict = <P extends Parameters<typeof Type.Object>[0]>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });
const pointer = (description: string) => Type.String({ maxLength: longestPointer, description });
const path = pointer('JSON pointer (RFC 6901) into the event, /metadata or below it.');
const jsonTypes = Type.Enum(['string', 'number', 'boolean', 'null', 'object', 'array']);
const when = Type.Optional(
  strict(
    {
      path: pointer('JSON pointer into the event: any place of it.'),
      exists: Type.Optional(Type.Boolean({ description: 'Whether there is something in that place.' })),
      type: Type.Optional(jsonTypes),
      equals: Type.Optional(Type.Unknown({ description: 'A string, number, boolean or null; numbers are compared as doubles.' })),
    },
    'All that is given must hold, or the rule does nothing. Nothing given: there is something in that place.',
  ),
);

export const ruleSchemas = {
  replace: strict(
    { op: Type.Literal('replace'), path, value: Type.Unknown(), when },
    'Puts the value in that place; a member that an object lacks is added to it.',
  ),
  remove: strict({ op: Type.Literal('remove'), path, when }, 'Takes the member or element away; where there is none, it does nothing.'),
  cast: strict(
    { op: Type.Literal('cast'), path, to: Type.Enum(['string', 'number', 'integer', 'boolean']), when },
    'Writes the same value as another type, without guessing and without losing a digit; an event of which it can not be done is not fixed at all.',
  ),
};

const fixRule = Type.Union([ruleSchemas.replace, ruleSchemas.remove, ruleSchemas.cast]);

export const fixRules = Type.Array(fixRule, { minItems: 1, maxItems: mostRules });
export type FixRule = Static<typeof fixRule>;
export type FixCondition = NonNullable<FixRule['when']>;

/** What the schema can't say; each problem names its place. */
export const findFixProblems = (rules: readonly FixRule[]): readonly { readonly path: string; readonly message: string }[] =>
  rules.flatMap((rule, at) =>
    [pathProblem(rule), valueProblem(rule), conditionProblem(rule.when)]
      .filter((message) => message !== null)
      .map((message) => ({ path: `/fix/${at}`, message })),
  );

const pathProblem = ({ op, path: given, ...rest }: FixRule): string | null => {
  const wrong = pointerProblem(given);
  if (wrong !== null) return `path ${wrong}`;
  if (given !== '/metadata' && !given.startsWith('/metadata/'))
    return `path is '${given}': a fix changes /metadata or what is below it; key, name, time and order of an event stay as they are`;
  if (given !== '/metadata') return null;
  const value = 'value' in rest ? rest.value : null;
  return op === 'replace' && typeof value === 'object' && value !== null
    ? null
    : 'metadata itself can only be replaced, by an object or an array';
};

const valueProblem = (rule: FixRule): string | null => {
  if (rule.op !== 'replace') return null;
  return /\\u(?:0000|d[89a-f])/i.test(JSON.stringify(rule.value))
    ? 'value holds U+0000 or a lone surrogate, which nothing stored can hold'
    : null;
};

const conditionProblem = (condition: FixCondition | undefined): string | null => {
  if (condition === undefined) return null;
  const wrong = pointerProblem(condition.path);
  if (wrong !== null) return `when.path ${wrong}`;
  return typeof condition.equals === 'object' && condition.equals !== null
    ? 'when.equals must be a string, a number, true, false or null'
    : null;
};

const pointerProblem = (text: string): string | null => {
  try {
    const tokens = parsePointer(text);
    return tokens.length < eventLimits.depth ? null : `is deeper than ${eventLimits.depth}`;
  } catch (error) {
    return (error as Error).message;
  }
};
