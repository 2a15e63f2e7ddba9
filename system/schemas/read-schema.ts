// A schema as it was sent in, checked against the dialect and brought into the form that is compared. What the dialect lacks is refused by name, with its
// place: what can be registered can be validated in bounded time, and compared without a guess.
import { compilePattern, patternLimits } from './pattern.ts';
import {
  anyArray,
  anyNumber,
  anyObject,
  anyString,
  anything,
  nothing,
  type ArrayRule,
  type Bound,
  type NumberRule,
  type ObjectRule,
  type Scalar,
  type SchemaNode,
  type StringRule,
  type TypeName,
  typeNames,
  typeOfScalar,
} from './schema-node.ts';

export const schemaLimits = {
  bytes: 64 * 1024,
  /** Places, with each reference put in where it is used. */
  nodes: 1000,
  depth: 32,
  values: 256,
  alternatives: 16,
  /** How many places of the schema one place of an event may have to be tried against. */
  overlap: 64,
} as const;

/** `path`: a JSON pointer into the schema. */
export type SchemaProblem = { readonly path: string; readonly message: string };
export type ReadSchema =
  | { readonly node: SchemaNode; readonly problems: null }
  | { readonly node: null; readonly problems: readonly SchemaProblem[] };

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** They say something to a reader, and ask nothing of an event. */
const annotations = new Set(
  'title description default examples deprecated readOnly writeOnly format contentEncoding contentMediaType $comment'.split(' '),
);

const keywordsOf: Readonly<Record<TypeName, readonly string[]>> = {
  null: [],
  boolean: [],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  string: ['minLength', 'maxLength', 'pattern'],
  array: ['items', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'],
};
const typeKeywords = new Set(Object.values(keywordsOf).flat());
const otherKeywords = new Set(['type', 'enum', 'const', 'anyOf', '$ref']);
const rootKeywords = new Set(['$schema', '$defs']);

const instead: Readonly<Record<string, string>> = {
  oneOf: 'write anyOf',
  allOf: 'write it as one schema',
  multipleOf: 'count in a smaller unit, as an integer',
  $id: 'the schema is named by what it is registered under',
  definitions: 'write $defs',
};

type Raw = Readonly<Record<string, unknown>>;
type Context = {
  readonly defs: Raw;
  readonly problems: SchemaProblem[];
  /** References that are being put in, outermost first. */
  readonly refs: readonly string[];
  readonly depth: number;
  readonly counted: { nodes: number };
};

export const readSchema = (schema: unknown): ReadSchema => {
  const problems: SchemaProblem[] = [];
  if (!isObject(schema)) return { node: null, problems: [{ path: '', message: 'must be a JSON object' }] };
  if (Buffer.byteLength(JSON.stringify(schema)) > schemaLimits.bytes)
    return { node: null, problems: [{ path: '', message: `is larger than ${schemaLimits.bytes} bytes` }] };
  const { $schema, $defs = {}, ...root } = schema;
  if ($schema !== undefined && $schema !== dialect) problems.push({ path: '/$schema', message: `must be ${dialect}, or left out` });
  if (!isObject($defs)) problems.push({ path: '/$defs', message: 'must be an object of schemas' });
  const defs = isObject($defs) ? $defs : {};
  const context: Context = { defs, problems, refs: [], depth: 0, counted: { nodes: 0 } };
  const node = readNode(root, '', context);
  // What nothing refers to is checked all the same: a mistake in it would wait for the day that something does.
  for (const name of Object.keys(defs)) readNode(defs[name], `/$defs/${escapeToken(name)}`, { ...context, refs: [name] });
  if (context.counted.nodes > schemaLimits.nodes)
    problems.push({ path: '', message: `has more than ${schemaLimits.nodes} places, with each reference put in where it is used` });
  if (problems.length === 0) problems.push(...rootProblems(node));
  return problems.length === 0 ? { node, problems: null } : { node: null, problems: uniqueByPlace(problems).slice(0, 20) };
};

const rootProblems = (node: SchemaNode): readonly SchemaProblem[] => {
  if (!takesMetadata(node))
    return [{ path: '', message: "must be of type object or array, or anyOf such: an event's metadata is one of them" }];
  const overlap = overlapOf(node);
  return overlap <= schemaLimits.overlap
    ? []
    : [
        {
          path: '',
          message: `has so many alternatives in one place that an event would be tried ${overlap} times; at most ${schemaLimits.overlap}`,
        },
      ];
};

const takesMetadata = (node: SchemaNode): boolean => {
  if (node.kind === 'choice') return node.of.every(takesMetadata);
  return node.kind === 'typed' && [...node.types].every((type) => type === 'object' || type === 'array');
};

/** An upper bound; alternatives add up, neighbours do not. */
const overlapOf = (node: SchemaNode): number => {
  if (node.kind === 'choice') return node.of.reduce((sum, one) => sum + overlapOf(one), 0);
  if (node.kind === 'values') return Math.ceil(node.values.length / 16);
  if (node.kind !== 'typed') return 1;
  const { object, array } = node;
  return Math.max(1, ...[...object.properties.values(), object.additional, array.items].map(overlapOf));
};

const isObject = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

export const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

const uniqueByPlace = (problems: readonly SchemaProblem[]) => [
  ...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values(),
];

const readNode = (value: unknown, path: string, context: Context): SchemaNode => {
  const add = (message: string, at = path) => void context.problems.push({ path: at, message });
  context.counted.nodes += 1;
  // The count alone would let a chain of references double its way to any size before it is looked at.
  if (context.counted.nodes > schemaLimits.nodes) return anything;
  if (context.depth > schemaLimits.depth) {
    add(`is nested deeper than ${schemaLimits.depth}`);
    return anything;
  }
  if (value === true) return anything;
  if (value === false) return nothing;
  if (!isObject(value)) {
    add('must be a schema: an object, true or false');
    return anything;
  }
  for (const keyword of Object.keys(value)) {
    if (annotations.has(keyword) || otherKeywords.has(keyword) || typeKeywords.has(keyword)) continue;
    const where = `${path}/${escapeToken(keyword)}`;
    if (rootKeywords.has(keyword)) add('belongs to the top of the schema', where);
    else add(`is not in the dialect${instead[keyword] === undefined ? '' : `: ${instead[keyword]}`}`, where);
  }
  // The one annotation that validation looks at before it leaves it alone.
  if (Object.hasOwn(value, 'format') && typeof value['format'] !== 'string') add('must be a string', `${path}/format`);
  return readKind(value, path, { ...context, depth: context.depth + 1 });
};

const readKind = (schema: Raw, path: string, context: Context): SchemaNode => {
  const alone = (keyword: string): boolean => {
    const others = Object.keys(schema).filter((name) => name !== keyword && (typeKeywords.has(name) || otherKeywords.has(name)));
    for (const other of others)
      context.problems.push({
        path: `${path}/${other}`,
        message: `can't stand beside ${keyword}: put it into each of what ${keyword} names`,
      });
    return others.length === 0;
  };
  if (Object.hasOwn(schema, '$ref')) return alone('$ref') ? readRef(schema['$ref'], `${path}/$ref`, context) : anything;
  if (Object.hasOwn(schema, 'anyOf')) return alone('anyOf') ? readChoice(schema['anyOf'], `${path}/anyOf`, context) : anything;
  if (Object.hasOwn(schema, 'enum') || Object.hasOwn(schema, 'const')) return readValues(schema, path, context);
  return readTyped(schema, path, context);
};

const readRef = (ref: unknown, path: string, context: Context): SchemaNode => {
  const add = (message: string) => {
    context.problems.push({ path, message });
    return anything;
  };
  const token = typeof ref === 'string' ? /^#\/\$defs\/([^/#]+)$/.exec(ref)?.[1] : undefined;
  if (token === undefined) return add('must be #/$defs/… of this schema: nothing is fetched from elsewhere');
  const name = nameOfToken(token);
  if (name === null) return add('has a % that escapes no character, or a /: write % as %25, and / as ~1');
  if (!Object.hasOwn(context.defs, name)) return add(`names ${JSON.stringify(name)}, which $defs does not have`);
  if (context.refs.includes(name)) return add('leads back to itself: how long such a schema takes can not be bounded');
  return readNode(context.defs[name], `/$defs/${escapeToken(name)}`, { ...context, refs: [...context.refs, name] });
};

/** A token of a JSON pointer in a URI fragment (RFC 6901, 6): validation decodes it, so that comparing has to. null: it is none. */
const nameOfToken = (token: string): string | null => {
  try {
    const decoded = decodeURIComponent(token);
    return decoded.includes('/') ? null : decoded.replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return null;
  }
};

const readChoice = (of: unknown, path: string, context: Context): SchemaNode => {
  if (!Array.isArray(of) || of.length === 0 || of.length > schemaLimits.alternatives) {
    context.problems.push({ path, message: `must be an array of 1 to ${schemaLimits.alternatives} schemas` });
    return anything;
  }
  return { kind: 'choice', of: of.map((one, index) => readNode(one, `${path}/${index}`, context)) };
};

const isScalar = (value: unknown): value is Scalar => value === null || ['string', 'number', 'boolean'].includes(typeof value);

const readValues = (schema: Raw, path: string, context: Context): SchemaNode => {
  const add = (keyword: string, message: string) => void context.problems.push({ path: `${path}/${keyword}`, message });
  const keyword = Object.hasOwn(schema, 'enum') ? 'enum' : 'const';
  const values = keyword === 'enum' ? schema['enum'] : [schema['const']];
  if (Object.hasOwn(schema, 'enum') && Object.hasOwn(schema, 'const')) add('const', "can't stand beside enum");
  for (const name of Object.keys(schema)) if (typeKeywords.has(name)) add(name, `can't stand beside ${keyword}`);
  if (!Array.isArray(values) || values.length === 0 || values.length > schemaLimits.values || !values.every(isScalar)) {
    add(
      keyword,
      `must be ${keyword === 'enum' ? `1 to ${schemaLimits.values} of ` : ''}string, number, boolean or null; objects and arrays by their properties`,
    );
    return anything;
  }
  if (Object.hasOwn(schema, 'type')) {
    const { types, isInteger } = readTypes(schema['type'], `${path}/type`, context);
    for (const value of values)
      if (!types.has(typeOfScalar(value)) || (isInteger && typeof value === 'number' && !Number.isInteger(value)))
        add(keyword, `holds ${JSON.stringify(value)}, which is not of the type beside it`);
  }
  return { kind: 'values', values: [...new Set(values)] };
};

const readTypes = (given: unknown, path: string, context: Context): { readonly types: Set<TypeName>; readonly isInteger: boolean } => {
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  const isKnown = (name: unknown) => name === 'integer' || typeNames.includes(name as TypeName);
  if (names.length === 0 || !names.every(isKnown) || new Set(names).size !== names.length)
    context.problems.push({ path, message: `must be of ${typeNames.join(', ')}, integer` });
  const types = new Set(names.map((name) => (name === 'integer' ? 'number' : name) as TypeName));
  return { types, isInteger: names.includes('integer') && !names.includes('number') };
};

const readTyped = (schema: Raw, path: string, context: Context): SchemaNode => {
  const used = Object.keys(schema).filter((name) => typeKeywords.has(name));
  if (!Object.hasOwn(schema, 'type')) {
    for (const keyword of used)
      context.problems.push({ path: `${path}/${keyword}`, message: 'needs a type beside it: types are not guessed' });
    return anything;
  }
  const { types, isInteger } = readTypes(schema['type'], `${path}/type`, context);
  for (const keyword of used)
    if (![...types].some((type) => keywordsOf[type]?.includes(keyword)))
      context.problems.push({ path: `${path}/${keyword}`, message: 'is not for the type beside it' });
  return {
    kind: 'typed',
    types,
    number: types.has('number') ? readNumber(schema, isInteger, path, context) : anyNumber,
    string: types.has('string') ? readString(schema, path, context) : anyString,
    array: types.has('array') ? readArray(schema, path, context) : anyArray,
    object: types.has('object') ? readObject(schema, path, context) : anyObject,
  };
};

const readNumber = (schema: Raw, isInteger: boolean, path: string, context: Context): NumberRule => {
  const bound = (inclusive: string, exclusive: string, tighter: (a: number, b: number) => boolean): Bound | null => {
    const found: Bound[] = [inclusive, exclusive].flatMap((keyword) => {
      const value = schema[keyword];
      if (value === undefined) return [];
      if (typeof value === 'number' && Number.isFinite(value)) return [{ value, isExclusive: keyword === exclusive }];
      context.problems.push({ path: `${path}/${keyword}`, message: 'must be a number' });
      return [];
    });
    const [one, other] = found;
    if (one === undefined || other === undefined) return one ?? null;
    return tighter(one.value, other.value) ? one : other;
  };
  const lower = bound('minimum', 'exclusiveMinimum', (a, b) => a > b);
  const upper = bound('maximum', 'exclusiveMaximum', (a, b) => a < b);
  if (
    lower !== null &&
    upper !== null &&
    (lower.value > upper.value || (lower.value === upper.value && (lower.isExclusive || upper.isExclusive)))
  )
    context.problems.push({ path, message: 'no number lies between its bounds' });
  return { isInteger, lower, upper };
};

const readCounts = (schema: Raw, least: string, most: string, path: string, context: Context): readonly [number, number] => {
  const count = (keyword: string, fallback: number): number => {
    if (!Object.hasOwn(schema, keyword)) return fallback;
    const value = schema[keyword];
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    context.problems.push({ path: `${path}/${keyword}`, message: 'must be a whole number of 0 or more' });
    return fallback;
  };
  const counts = [count(least, 0), count(most, Infinity)] as const;
  if (counts[0] > counts[1]) context.problems.push({ path: `${path}/${least}`, message: `is more than ${most}: nothing fits it` });
  return counts;
};

const readString = (schema: Raw, path: string, context: Context): StringRule => {
  const [minLength, maxLength] = readCounts(schema, 'minLength', 'maxLength', path, context);
  const { pattern, examples = [] } = schema;
  if (pattern !== undefined) {
    const problem = patternProblem(pattern, maxLength);
    if (problem !== null) context.problems.push({ path: `${path}/pattern`, message: problem });
  }
  const texts = Array.isArray(examples) ? examples.filter((one): one is string => typeof one === 'string') : [];
  return { minLength, maxLength, pattern: typeof pattern === 'string' ? pattern : null, examples: texts };
};

const patternProblem = (pattern: unknown, maxLength: number): string | null => {
  if (typeof pattern !== 'string') return 'must be a string';
  if (maxLength > patternLimits.textCharacters) return `needs a maxLength beside it, of at most ${patternLimits.textCharacters}`;
  try {
    compilePattern(pattern);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

const readArray = (schema: Raw, path: string, context: Context): ArrayRule => {
  const [minItems, maxItems] = readCounts(schema, 'minItems', 'maxItems', path, context);
  const items = Object.hasOwn(schema, 'items') ? readNode(schema['items'], `${path}/items`, context) : anything;
  return { items, minItems, maxItems };
};

const readObject = (schema: Raw, path: string, context: Context): ObjectRule => {
  const add = (at: string, message: string) => void context.problems.push({ path: `${path}/${at}`, message });
  const [minProperties, maxProperties] = readCounts(schema, 'minProperties', 'maxProperties', path, context);
  const { properties = {}, required = [] } = schema;
  if (!isObject(properties)) add('properties', 'must be an object of schemas');
  const named = isObject(properties) ? Object.entries(properties) : [];
  const isNames =
    Array.isArray(required) && required.every((name) => typeof name === 'string') && new Set(required).size === required.length;
  if (!isNames) add('required', 'must be an array of names, each once');
  const needed = new Set(isNames ? (required as readonly string[]) : []);
  for (const name of [...named.map(([key]) => key), ...needed]) if (name === '__proto__') add('properties', 'can not name __proto__');
  const rule: ObjectRule = {
    properties: new Map(named.map(([name, value]) => [name, readNode(value, `${path}/properties/${escapeToken(name)}`, context)])),
    required: needed,
    additional: Object.hasOwn(schema, 'additionalProperties')
      ? readNode(schema['additionalProperties'], `${path}/additionalProperties`, context)
      : anything,
    minProperties,
    maxProperties,
  };
  for (const name of needed)
    if ((rule.properties.get(name) ?? rule.additional).kind === 'never')
      add('required', `names ${JSON.stringify(name)}, which may not be there`);
  if (needed.size > maxProperties) add('maxProperties', 'is fewer than are required: nothing fits it');
  return rule;
};
