// Is every value that fits one schema taken by another? By rules over the dialect, each of which is sound: where none shows it, that is a break.
// It never says yes wrongly; it may say no to a pair of which only another way of thinking would show that it is compatible.
import { acceptsScalar } from './accepts-scalar.ts';
import { escapeToken } from './read-schema.ts';
import {
  type Bound,
  everyType,
  type NumberRule,
  type ObjectRule,
  type Scalar,
  type SchemaNode,
  type StringRule,
  type TypedNode,
  type TypeName,
  typeOfScalar,
} from './schema-node.ts';

export type Break = {
  /** A JSON pointer into the metadata; `*` stands for any element, or for any member that neither schema names. */
  readonly path: string;
  readonly reason:
    | 'type_not_taken'
    | 'value_not_taken'
    | 'may_be_missing'
    | 'member_not_taken'
    | 'bound_narrower'
    | 'pattern_differs'
    /** No single alternative takes it all; together they might. */
    | 'not_shown';
  readonly message: string;
};

const mostBreaks = 50;

/** Comparisons of a value with a place, or of two places: values times alternatives would multiply. */
const mostComparisons = 200_000;

/** What of `from` the other does not take, or is not shown to. Empty: whatever fits `from` fits `to`. */
export const findBreaks = (from: SchemaNode, to: SchemaNode): readonly Break[] => {
  const work: Work = { left: mostComparisons };
  const breaks = compareNodes(from, to, '', work);
  // What was not compared was not shown.
  if (work.left < 0) return [{ path: '', reason: 'not_shown', message: 'the two have too many values and alternatives to be compared' }];
  return breaks.slice(0, mostBreaks);
};

type Work = { left: number };

type Shaped = { readonly type: Exclude<TypeName, 'null' | 'boolean'>; readonly node: TypedNode };
type Piece = { readonly values: readonly Scalar[] } | Shaped;

/** A schema as the union of what is simple: a few values, or one type with its rules. */
const piecesOf = (node: SchemaNode): readonly Piece[] => {
  switch (node.kind) {
    case 'never':
      return [];
    case 'any':
      return piecesOf(everyType);
    case 'values':
      return [{ values: node.values }];
    case 'choice':
      return node.of.flatMap(piecesOf);
    case 'typed':
      return [...node.types].map((type): Piece => {
        if (type === 'null') return { values: [null] };
        return type === 'boolean' ? { values: [true, false] } : { type, node };
      });
  }
};

const compareNodes = (from: SchemaNode, to: SchemaNode, path: string, work: Work): readonly Break[] => {
  if (to.kind === 'any' || from === to) return [];
  const targets = piecesOf(to);
  const breaks = piecesOf(from).flatMap((piece) => {
    work.left -= targets.length * ('values' in piece ? piece.values.length : 1);
    if (work.left < 0) return [];
    return 'values' in piece ? compareValues(piece.values, to, path) : comparePiece(piece, targets, path, work);
  });
  return takesBeyond(from) && !takesBeyond(to) ? [beyondDoubles(path), ...breaks] : breaks;
};

/** Whether it takes 1e400: where nothing is asked of a value, nobody asks whether it is a finite double; every type that is named does. */
const takesBeyond = (node: SchemaNode): boolean => node.kind === 'any' || (node.kind === 'choice' && node.of.some(takesBeyond));

const beyondDoubles = (path: string): Break => ({
  path,
  reason: 'value_not_taken',
  message: 'a number beyond any double, such as 1e400, is not taken, where it may be anything',
});

const compareValues = (values: readonly Scalar[], to: SchemaNode, path: string): readonly Break[] =>
  values
    .filter((value) => !acceptsScalar(to, value))
    .map((value) => ({ path, reason: 'value_not_taken', message: `${JSON.stringify(value)} is not taken` }));

const comparePiece = (piece: Shaped, targets: readonly Piece[], path: string, work: Work): readonly Break[] => {
  const alike = targets.filter((target): target is Shaped => 'type' in target && target.type === piece.type);
  if (alike.length === 0) return [withoutAlternative(piece.type, targets, path)];
  const results = alike.map((target) => compareShapes(piece, target, path, work));
  if (results.some((breaks) => breaks.length === 0)) return [];
  if (alike.length === 1) return results[0]!;
  return [{ path, reason: 'not_shown', message: `none of the ${alike.length} alternatives for ${piece.type} takes all that it may be` }];
};

const withoutAlternative = (type: Shaped['type'], targets: readonly Piece[], path: string): Break => {
  const someValues = targets.some((target) => 'values' in target && target.values.some((value) => typeOfScalar(value) === type));
  return someValues
    ? { path, reason: 'value_not_taken', message: `only some values of type ${type} are taken, where it may be any` }
    : { path, reason: 'type_not_taken', message: `it may be of type ${type}, which is not taken` };
};

const compareShapes = ({ type, node }: Shaped, { node: to }: Shaped, path: string, work: Work): readonly Break[] => {
  switch (type) {
    case 'number':
      return compareNumbers(node.number, to.number, path);
    case 'string':
      return compareStrings(node.string, to.string, path);
    case 'array':
      return compareArrays(node, to, path, work);
    case 'object':
      return compareObjects(node.object, to.object, path, work);
  }
};

const compareNumbers = (from: NumberRule, to: NumberRule, path: string): readonly Break[] => {
  const breaks: Break[] = [];
  if (to.isInteger && !from.isInteger)
    breaks.push({ path, reason: 'type_not_taken', message: 'it may have a fraction, and only integers are taken' });
  const below = (a: Bound, b: Bound) => a.value < b.value || (a.value === b.value && b.isExclusive && !a.isExclusive);
  const lower = from.isInteger ? wholeBound(from.lower, Math.ceil, 1) : from.lower;
  const upper = from.isInteger ? wholeBound(from.upper, Math.floor, -1) : from.upper;
  if (to.lower !== null && (lower === null || below(lower, to.lower)))
    breaks.push(narrower(path, 'lower bound', lower?.value, to.lower.value));
  const above = (a: Bound, b: Bound) => a.value > b.value || (a.value === b.value && b.isExclusive && !a.isExclusive);
  if (to.upper !== null && (upper === null || above(upper, to.upper)))
    breaks.push(narrower(path, 'upper bound', upper?.value, to.upper.value));
  return breaks;
};

/** Of whole numbers, as an inclusive bound. */
const wholeBound = (bound: Bound | null, round: (value: number) => number, step: number): Bound | null => {
  if (bound === null) return null;
  const value = round(bound.value);
  return { value: bound.isExclusive && value === bound.value ? value + step : value, isExclusive: false };
};

const narrower = (path: string, what: string, from: number | undefined, to: number): Break => ({
  path,
  reason: 'bound_narrower',
  message: `the ${what} is ${to}, where it ${from === undefined || !Number.isFinite(from) ? 'had none' : `was ${from}`}`,
});

const compareCounts = (
  [fromLeast, fromMost]: readonly [number, number],
  [toLeast, toMost]: readonly [number, number],
  [least, most]: readonly [string, string],
  path: string,
): readonly Break[] => [
  ...(fromLeast < toLeast ? [narrower(path, least, fromLeast, toLeast)] : []),
  ...(fromMost > toMost ? [narrower(path, most, fromMost, toMost)] : []),
];

const compareStrings = (from: StringRule, to: StringRule, path: string): readonly Break[] => [
  ...compareCounts([from.minLength, from.maxLength], [to.minLength, to.maxLength], ['minLength', 'maxLength'], path),
  ...(to.pattern === null || to.pattern === from.pattern
    ? []
    : [
        {
          path,
          reason: 'pattern_differs' as const,
          message: 'the pattern is another one; whether it takes all that the first one takes is not looked into',
        },
      ]),
];

const compareArrays = ({ array: from }: TypedNode, { array: to }: TypedNode, path: string, work: Work): readonly Break[] => [
  ...compareCounts([from.minItems, from.maxItems], [to.minItems, to.maxItems], ['minItems', 'maxItems'], path),
  ...(from.maxItems === 0 ? [] : compareNodes(from.items, to.items, `${path}/*`, work)),
];

const compareObjects = (from: ObjectRule, to: ObjectRule, path: string, work: Work): readonly Break[] => {
  const named = [...from.properties].filter(([, node]) => node.kind !== 'never');
  const most = Math.min(from.maxProperties, from.additional.kind === 'never' ? named.length : Infinity);
  const least = Math.max(from.minProperties, from.required.size);
  const missing = [...to.required].filter((name) => !from.required.has(name));
  const names = new Set([...from.properties.keys(), ...to.properties.keys()]);
  return [
    ...missing.map((name) => ({
      path: `${path}/${escapeToken(name)}`,
      reason: 'may_be_missing' as const,
      message: 'it is required, and may be missing',
    })),
    ...compareCounts([least, most], [to.minProperties, to.maxProperties], ['minProperties', 'maxProperties'], path),
    ...[...names].flatMap((name) =>
      compareMembers(
        from.properties.get(name) ?? from.additional,
        to.properties.get(name) ?? to.additional,
        `${path}/${escapeToken(name)}`,
        work,
      ),
    ),
    ...compareMembers(from.additional, to.additional, `${path}/*`, work),
  ];
};

const compareMembers = (from: SchemaNode, to: SchemaNode, path: string, work: Work): readonly Break[] => {
  if (from.kind === 'never') return [];
  return to.kind === 'never'
    ? [{ path, reason: 'member_not_taken', message: 'it may be there, and is not taken' }]
    : compareNodes(from, to, path, work);
};
