// Which column of a CSV file becomes which field of an event: declared, nothing is guessed. A record becomes the text of one event; numbers are written as the
// file has them, digit by digit.
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { importLimits } from '../../contract/imports.ts';
import { describeProblems, type SchemaProblem } from '../../contract/schema-problems.ts';

const kinds = ['string', 'number', 'integer', 'boolean', 'json'] as const;
const columnName = (description: string) => Type.String({ minLength: 1, maxLength: 256, description });

const fromColumn = Type.Object(
  {
    column: columnName('The name in the first line.'),
    as: Type.Optional(
      Type.Enum([...kinds], { description: 'What its text is; string by default. A text that is none refuses the record.' }),
    ),
    empty: Type.Optional(
      Type.Enum(['keep', 'null', 'omit', 'refuse'], {
        description:
          'What an empty cell means. By default: a string is kept empty, `id` and `sequence` are left out, the others refuse the record.',
      }),
    ),
  },
  { additionalProperties: false },
);
const constant = Type.Object(
  { value: Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()], { description: 'The same in every event.' }) },
  { additionalProperties: false },
);
const source = Type.Union([columnName('A column, as text.'), fromColumn, constant]);

export const csvMapping = Type.Object(
  {
    delimiter: Type.Optional(Type.String({ pattern: '^[,;\\t|]$', description: 'Between cells: a comma by default; or ; | or a tab.' })),
    system_name: source,
    object_id: source,
    event_name: source,
    event_time: source,
    id: Type.Optional(source),
    sequence: Type.Optional(source),
    metadata: Type.Union([fromColumn, Type.Record(Type.String({ minLength: 1, maxLength: 256 }), source)], {
      description: 'Members by name; or one column, `{"column": …, "as": "json"}`.',
    }),
  },
  { additionalProperties: false, title: 'CsvMapping' },
);

export type CsvMapping = Static<typeof csvMapping>;
type Source = Static<typeof source>;
type FromColumn = Static<typeof fromColumn>;

const check = Compile(csvMapping);

export type MappingProblem = { readonly place: string; readonly message: string };

/** What is wrong with a mapping, against the names in the file's first line. */
export const findMappingProblems = (mapping: unknown, header: readonly string[]): readonly MappingProblem[] => {
  if (!check.Check(mapping)) return findShapeProblems(mapping);
  const twice = header.filter((name, at) => header.indexOf(name) !== at);
  const unknown = [...new Set(columnsOf(mapping).filter((name) => !header.includes(name)))];
  return [
    ...twice.map((name) => ({ place: `column '${name}'`, message: 'is there twice in the first line' })),
    ...unknown.map((name) => ({ place: `column '${name}'`, message: `is not in the first line, which has: ${header.join(', ')}` })),
    ...(header.length > importLimits.columns ? [{ place: '/', message: `has more than ${importLimits.columns} columns` }] : []),
  ];
};

const checkSource = { column: Compile(fromColumn), value: Compile(constant), name: Compile(columnName('')) };

/** What is wrong with a mapping, whatever it is used on. One that has no problem is a `CsvMapping`. */
export const findShapeProblems = (mapping: unknown): readonly MappingProblem[] => {
  if (check.Check(mapping)) return [];
  const problems = findProblemsByPlace(mapping);
  return problems.length > 0 ? problems.slice(0, 20) : toPlaces(describeProblems(check.Errors(mapping)));
};

/** Of a source only what its own form asks for: a union would tell of all that it might have been. */
const findProblemsByPlace = (mapping: unknown): readonly MappingProblem[] => {
  const { delimiter: _delimiter, metadata, ...fields } = (mapping ?? {}) as Readonly<Record<string, unknown>>;
  const members = isObject(metadata) && !('column' in metadata) ? Object.entries(metadata) : [];
  const sources = [
    ...Object.entries(fields).flatMap(([name, value]) =>
      Object.hasOwn(csvMapping.properties, name) ? [[`/${name}`, value] as const] : [],
    ),
    ...(isObject(metadata) && 'column' in metadata ? [['/metadata', metadata] as const] : []),
    ...members.map(([name, value]) => [`/metadata/${name}`, value] as const),
  ];
  const places = [...sources.map(([place]) => place), ...(isObject(metadata) ? ['/metadata'] : [])];
  const ofWhole = describeProblems(check.Errors(mapping)).filter(({ path }) => !places.some((place) => isWithin(path, place)));
  return [...toPlaces(ofWhole), ...sources.flatMap(([place, value]) => findSourceProblems(value, place))];
};

const toPlaces = (problems: readonly SchemaProblem[]): readonly MappingProblem[] =>
  problems.map(({ path, message }) => ({ place: path, message: path === '/delimiter' ? delimiters : message }));

const delimiters = 'must be one character: , ; | or a tab (in JSON "\\t")';

const findSourceProblems = (value: unknown, place: string): readonly MappingProblem[] => {
  const form = !isObject(value) ? 'name' : 'value' in value ? 'value' : 'column';
  const problems = describeProblems(checkSource[form].Errors(value));
  return problems.map(({ path, message }) => ({
    place: path === '/' ? place : place + path,
    message: form === 'name' && typeof value !== 'string' ? 'must be a column\'s name, {"column", "as", "empty"} or {"value"}' : message,
  }));
};

const isWithin = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

const isColumn = (value: object): value is FromColumn => 'column' in value && typeof value.column === 'string';

const columnsOf = ({ delimiter: _delimiter, metadata, ...fields }: CsvMapping): readonly string[] =>
  [...Object.values(fields), ...(isColumn(metadata) ? [metadata] : Object.values(metadata as Record<string, Source>))].flatMap((one) =>
    typeof one === 'string' ? [one] : 'column' in one ? [one.column] : [],
  );

/** The event's JSON text, or which column refuses the record, and why. */
export type Mapped = { readonly text: string } | { readonly column: string; readonly reason: string };

export type CsvMapper = (cells: readonly string[]) => Mapped;

type Cell = (cells: readonly string[]) => string | null | Refused;
type Refused = { readonly column: string; readonly reason: string };

const isRefused = (value: string | null | Refused): value is Refused => typeof value === 'object' && value !== null;

/** `mapping` has no problems. */
export const createCsvMapper = (mapping: CsvMapping, header: readonly string[]): CsvMapper => {
  const members = (sources: Readonly<Record<string, Source | undefined>>, empty: FromColumn['empty']) =>
    Object.entries(sources).flatMap(([name, one]) =>
      one === undefined ? [] : [[JSON.stringify(name), cellOf(one, header, empty)] as const],
    );
  const { id, sequence, metadata, delimiter: _delimiter, ...needed } = mapping;
  const numbered = typeof sequence === 'string' ? ({ column: sequence, as: 'integer' } as const) : sequence;
  const fields = [...members(needed, undefined), ...members({ id, sequence: numbered }, 'omit')];
  const whole = isColumn(metadata) ? cellOf(metadata, header, undefined) : objectOf(members(metadata as Record<string, Source>, undefined));
  const event = objectOf([...fields, ['"metadata"', whole]]);
  return (cells) => {
    if (cells.length !== header.length)
      return { column: '', reason: `has ${cells.length} cells, the first line has ${header.length} columns` };
    const text = event(cells);
    return isRefused(text) ? text : { text: text! };
  };
};

const objectOf =
  (members: readonly (readonly [name: string, cell: Cell])[]): Cell =>
  (cells) => {
    const parts: string[] = [];
    for (const [name, cell] of members) {
      const text = cell(cells);
      if (isRefused(text)) return text;
      if (text !== null) parts.push(`${name}:${text}`);
    }
    return `{${parts.join(',')}}`;
  };

/** null: the member is left out. */
const cellOf = (one: Source, header: readonly string[], emptyByDefault: FromColumn['empty']): Cell => {
  if (typeof one !== 'string' && 'value' in one) {
    const text = JSON.stringify(one.value);
    return () => text;
  }
  const {
    column,
    as = 'string',
    empty = emptyByDefault ?? (as === 'string' ? 'keep' : 'refuse'),
  } = typeof one === 'string' ? { column: one } : one;
  const at = header.indexOf(column);
  const write = writers[as];
  return (cells) => {
    const text = cells[at]!;
    if (text === '' && empty === 'omit') return null;
    if (text === '' && empty === 'null') return 'null';
    const written = text === '' && empty === 'refuse' ? null : write(text);
    return written ?? { column, reason: text === '' ? 'is empty' : `is no ${as}` };
  };
};

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const integer = /^-?(?:0|[1-9]\d*)$/;

/** null: the text is none. */
const writers: Readonly<Record<(typeof kinds)[number], (text: string) => string | null>> = {
  string: (text) => JSON.stringify(text),
  number: (text) => (number.test(text) ? text : null),
  integer: (text) => (integer.test(text) ? text : null),
  boolean: (text) => (text === 'true' || text === 'false' ? text : null),
  json: (text) => {
    try {
      JSON.parse(text);
      return text;
    } catch {
      return null;
    }
  },
};
