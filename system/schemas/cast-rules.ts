// Upcast and downcast as data: what turns an event of one version into one of its neighbour. The language of fixes, with two rules more.
import { type Static, Type } from 'typebox';
import { findFixProblems, type FixRule, ruleSchemas } from '../recovery/fix-rules.ts';
import { parsePointer } from '../recovery/json-place.ts';

const mostRules = 50;
const mostLosses = 50;

const strict = <P extends Parameters<typeof Type.Object>[0]>(properties: P, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });
const pointer = (description: string) => Type.String({ maxLength: 1024, description });
const path = pointer('JSON pointer (RFC 6901) into the event, below /metadata.');

const castRule = Type.Union([
  ruleSchemas.replace,
  ruleSchemas.remove,
  ruleSchemas.cast,
  strict(
    { op: Type.Literal('default'), path, value: Type.Unknown() },
    'Puts the value in that place where nothing is there, and an object above it is; else it does nothing.',
  ),
  strict(
    { op: Type.Literal('move'), from: path, path },
    'Takes what is at `from` and puts it in that place, verbatim; where nothing is at `from`, it does nothing. Something in that place already: the event can not be cast.',
  ),
]);

export const castSchema = strict(
  {
    rules: Type.Array(castRule, { minItems: 1, maxItems: mostRules }),
    loses: Type.Optional(
      Type.Array(path, {
        maxItems: mostLosses,
        description: 'Places, with all below them, that do not come back: said with each event that is cast.',
      }),
    ),
  },
  'How an event of one version becomes one of the other.',
);

export type Cast = Static<typeof castSchema>;
export type CastRule = Static<typeof castRule>;

/** `at`: where the cast stands in the request. */
export const findCastProblems = (
  { rules, loses = [] }: Cast,
  at: string,
): readonly { readonly path: string; readonly message: string }[] => [
  ...rules.flatMap((rule, index) =>
    placesOf(rule).flatMap((place) =>
      findFixProblems([{ ...asFix(rule), path: place } as FixRule]).map(({ message }) => ({ path: `${at}/rules/${index}`, message })),
    ),
  ),
  ...rules.flatMap((rule, index) =>
    rule.op === 'move' && (rule.path === rule.from || rule.path.startsWith(`${rule.from}/`))
      ? [{ path: `${at}/rules/${index}`, message: 'moves a place into itself' }]
      : [],
  ),
  ...loses.flatMap((place, index) =>
    isPlace(place) ? [] : [{ path: `${at}/loses/${index}`, message: 'is no JSON pointer to /metadata or below it' }],
  ),
];

const placesOf = (rule: CastRule): readonly string[] => (rule.op === 'move' ? [rule.from, rule.path] : [rule.path]);

const asFix = (rule: CastRule): FixRule => {
  if (rule.op === 'default') return { op: 'replace', path: rule.path, value: rule.value };
  return rule.op === 'move' ? { op: 'remove', path: rule.path } : rule;
};

const isPlace = (text: string): boolean => {
  try {
    return parsePointer(text)[0] === 'metadata';
  } catch {
    return false;
  }
};
