// What would come of registering a schema beside the versions that are there: problems, breaks, or what to write down. Pure, and bounded in time.
import { type Compatibility, mostCastBytes } from '../contract/schemas.ts';
import { type Break, findBreaks } from './compare.ts';
import { compileCheck, type MetadataCheck } from './compile-check.ts';
import { type Budget, createSeededRandom, generate } from './generate.ts';
import { readSchema } from './read-schema.ts';
import type { RegisteredCast, RegisteredSchema } from './registry.ts';
import { type Side, tryCast } from './round-trip.ts';
import type { SchemaNode } from './schema-node.ts';
import type { RegisterRequest, RequestIssue } from './schema-requests.ts';

export type VersionBreak = Break & {
  readonly against: number;
  /** backward: what fits the older version is not taken by the new one; forward: the other way about. */
  readonly direction: 'backward' | 'forward';
  /** A value that fits the one and not the other. */
  readonly example?: unknown;
};

export type Evaluation =
  | { readonly kind: 'problems'; readonly problems: readonly RequestIssue[] }
  | { readonly kind: 'breaks'; readonly breaks: readonly VersionBreak[] }
  | {
      readonly kind: 'fits';
      readonly upcast: RegisteredCast;
      readonly downcast: RegisteredCast;
      /** With compatibility `none`: what it breaks all the same. */
      readonly breaks: readonly VersionBreak[];
    };

export type Earlier = Omit<RegisteredSchema, 'upcast' | 'downcast'> & { readonly examples: readonly unknown[] };

/** `compile`: of a schema; it takes milliseconds, and everyone who changes the registry waits, so that few of the earlier versions are. */
export const evaluateSchema = (request: RegisterRequest, earlier: readonly Earlier[], compile = compileCheck): Evaluation => {
  const read = readSchema(request.schema);
  if (read.problems !== null)
    return { kind: 'problems', problems: read.problems.map(({ path, message }) => ({ path: `/schema${path}`, message })) };
  const castBytes = bytesOfCasts(request);
  if (castBytes > mostCastBytes)
    return {
      kind: 'problems',
      problems: [{ path: '', message: `has casts and examples of ${castBytes} bytes together, and at most ${mostCastBytes} are taken` }],
    };
  const now: Side = { version: request.version, node: read.node, check: compile(request.schema), examples: request.examples ?? [] };
  const wrongExamples = problemsOfExamples(now);
  if (wrongExamples.length > 0) return { kind: 'problems', problems: wrongExamples };
  const sides = earlier.map((row) => ({ row, side: sideOf(row, compile) }));
  const current = sides.filter(({ row }) => !row.isRetired).map(({ side }) => side);
  const budget = { left: examplePlaces, earlierChecks: mostEarlierChecks };
  const breaks = current.flatMap((side) => breaksBetween(side, now, request.compatibility, budget));
  if (request.compatibility !== 'none' && breaks.length > 0) return { kind: 'breaks', breaks };
  const previous = sides.toSorted((a, b) => b.row.version - a.row.version)[0]?.side;
  return withCasts(request, previous, now, breaks);
};

/** With examples. */
const bytesOfCasts = ({ upcast, downcast, examples }: RegisterRequest): number =>
  [upcast, downcast, examples].reduce<number>((sum, part) => sum + (part === undefined ? 0 : Buffer.byteLength(JSON.stringify(part))), 0);

/** Of all that is kept of a version. */
export const bytesOfSchema = (request: RegisterRequest): number =>
  Buffer.byteLength(JSON.stringify(request.schema)) + bytesOfCasts(request);

const sideOf = ({ version, schema, examples }: Earlier, compile: typeof compileCheck): Side => {
  const parsed: unknown = JSON.parse(schema);
  const { node, problems } = readSchema(parsed);
  // It was checked when it was registered; a dialect may grow, and not shrink.
  if (problems !== null) throw new Error(`version ${version} is registered and no schema: ${problems[0]?.path} ${problems[0]?.message}`);
  // Of most nothing is asked but whether they break, which needs no check.
  let made: MetadataCheck | null = null;
  return { version, node, check: { find: (metadata, bytes) => (made ??= compile(parsed)).find(metadata, bytes) }, examples };
};

const problemsOfExamples = ({ examples, check }: Side): readonly RequestIssue[] =>
  examples.flatMap((example, index) =>
    (check.find(example, 0) ?? []).map(({ path, message }) => ({ path: path.replace('/metadata', `/examples/${index}`), message })),
  );

const directions: Readonly<Record<Compatibility, readonly ('backward' | 'forward')[]>> = {
  backward: ['backward'],
  forward: ['forward'],
  full: ['backward', 'forward'],
  none: ['backward', 'forward'],
};

const breaksBetween = (older: Side, newer: Side, compatibility: Compatibility, budget: ExampleBudget): readonly VersionBreak[] =>
  directions[compatibility].flatMap((direction) => {
    const [from, to] = direction === 'backward' ? [older, newer] : [newer, older];
    const breaks = findBreaks(from.node, to.node);
    if (breaks.length === 0) return [];
    if (direction === 'forward') budget.earlierChecks -= 1;
    const example = budget.earlierChecks < 0 && direction === 'forward' ? undefined : findExample(from, to, budget);
    return breaks.map((one, index) => ({ ...one, against: older.version, direction, ...(index === 0 && example) }));
  });

const tries = 300;
/** Against all versions: what breaks is known without an example, so that looking for one may end. */
const examplePlaces = 200_000;
/** What does not fit an earlier version is told by its check, which has to be compiled for it. */
const mostEarlierChecks = 20;

type ExampleBudget = Budget & { earlierChecks: number };

const findExample = (from: Side, to: Side, budget: Budget): { readonly example: unknown } | undefined => {
  const random = createSeededRandom(7);
  for (let index = 0; index < tries && budget.left > 0; index += 1) {
    const made = generate(from.node, random, budget);
    if (made !== null && to.check.find(made.value, 0) !== null) return { example: made.value };
  }
  return undefined;
};

const withCasts = (request: RegisterRequest, previous: Side | undefined, now: Side, breaks: readonly VersionBreak[]): Evaluation => {
  if (previous === undefined) {
    const declared = (['upcast', 'downcast'] as const).filter((name) => request[name] !== undefined);
    if (declared.length === 0) return { kind: 'fits', upcast: null, downcast: null, breaks };
    return {
      kind: 'problems',
      problems: declared.map((name) => ({ path: `/${name}`, message: 'has no version before this one to cast from or to' })),
    };
  }
  const upcast = request.upcast ?? identityWhere(previous.node, now.node);
  const downcast = request.downcast ?? identityWhere(now.node, previous.node);
  const problems = [
    ...tryCast({ name: 'upcast', from: previous, to: now, cast: upcast, back: downcast }),
    ...tryCast({ name: 'downcast', from: now, to: previous, cast: downcast, back: upcast }),
  ];
  if (problems.length === 0) return { kind: 'fits', upcast, downcast, breaks };
  return {
    kind: 'problems',
    problems: problems.map(({ path, message, example }) => ({
      path,
      message: example === undefined ? message : `${message} (as with ${shown(example)})`,
    })),
  };
};

/** What fits as it is needs no cast. */
const identityWhere = (from: SchemaNode, to: SchemaNode): 'identity' | null => (findBreaks(from, to).length === 0 ? 'identity' : null);

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300).toWellFormed()}…` : text;
};
