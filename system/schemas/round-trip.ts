// Casts between two neighbouring versions, tried on examples and on generated values before they are taken: what comes of a cast must fit the version that it
// is for, and what does not come back must be said to be lost.
import { parseExactly } from '../ingest/exact-number.ts';
import { applyCast } from './apply-cast.ts';
import type { Cast } from './cast-rules.ts';
import type { MetadataCheck } from './compile-check.ts';
import { findDifferences } from './differences.ts';
import { createSeededRandom, generate } from './generate.ts';
import type { SchemaNode } from './schema-node.ts';

export type Side = {
  readonly version: number;
  readonly node: SchemaNode;
  readonly check: MetadataCheck;
  readonly examples: readonly unknown[];
};

export type Direction = {
  readonly name: 'upcast' | 'downcast';
  readonly from: Side;
  readonly to: Side;
  /** Null: none was declared. `'identity'`: none is needed, as is shown by comparing. */
  readonly cast: Cast | 'identity' | null;
  readonly back: Cast | 'identity' | null;
};

export type CastProblem = { readonly path: string; readonly message: string; readonly example?: unknown };

const generatedValues = 200;
/** Of all of them: of a large schema fewer are made, so that trying them takes bounded time. */
const generatedPlaces = 100_000;
const seed = 20_250_101;

/** Empty: tried on all examples and on so many generated values, and nothing found. */
export const tryCast = (direction: Direction): readonly CastProblem[] => {
  const { name, cast, from } = direction;
  if (cast === null || cast === 'identity') return [];
  const { values, couldGenerate } = valuesOf(from);
  if (!couldGenerate && from.examples.length === 0)
    return [
      {
        path: `/${name}`,
        message: `can't be tried: no value of version ${from.version} could be made, or none of a bearable size. Give examples, or \`examples\` beside each pattern`,
      },
    ];
  for (const value of values) {
    const problem = tryValue(direction, cast, value);
    if (problem !== null) return [problem];
  }
  return [];
};

const valuesOf = ({ node, examples }: Side) => {
  const random = createSeededRandom(seed);
  const budget = { left: generatedPlaces };
  const made = Array.from({ length: generatedValues }, () => generate(node, random, budget)).filter((one) => one !== null);
  return { values: [...examples, ...made.map(({ value }) => value)], couldGenerate: made.length > 0 };
};

const bodyOf = (metadata: unknown): string => JSON.stringify({ metadata });
const metadataOf = (body: string): unknown => (JSON.parse(body) as { readonly metadata: unknown }).metadata;

const tryValue = ({ name, to, from, back }: Direction, cast: Cast, value: unknown): CastProblem | null => {
  const fail = (path: string, message: string): CastProblem => ({ path, message, example: value });
  const there = applyCast(bodyOf(value), cast);
  if ('refused' in there)
    return fail(`/${name}/rules/${there.refused.rule}`, `can't be done at ${there.refused.path}: ${there.refused.why}`);
  const wrong = to.check.find(metadataOf(there.body), 0);
  if (wrong !== null)
    return fail(`/${name}`, `does not lead to version ${to.version}: ${wrong.map(({ path, message }) => `${path} ${message}`).join('; ')}`);
  if (back === null) return null;
  const returned = back === 'identity' ? { body: there.body, lost: [] } : applyCast(there.body, back);
  if ('refused' in returned)
    return fail(`/${name}`, `leads to an event that can't be cast back at ${returned.refused.path}: ${returned.refused.why}`);
  if (from.check.find(metadataOf(returned.body), 0) !== null)
    return fail(`/${name}`, `leads to an event that is not of version ${from.version} once it is cast back`);
  const lost = findDifferences(parseExactly(bodyOf(value)), parseExactly(returned.body));
  const unsaid = lost.find((path) => !(cast.loses ?? []).some((place) => path === place || path.startsWith(`${place}/`)));
  return unsaid === undefined ? null : fail(`/${name}/loses`, `does not name ${unsaid}, which does not come back`);
};
