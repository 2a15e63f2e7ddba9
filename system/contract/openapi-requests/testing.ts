// For tests: requests made from an OpenAPI document, by its own schemas: what each describes, what it just does not, and what nobody would send on purpose.
import fc from 'fast-check';

export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
};

type Parameter = { readonly name: string; readonly in: string; readonly schema: Schema };
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};

export type OpenApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

export type MadeRequest = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
};

/** Texts that have hurt others. Each may stand wherever a text may. */
const hostileTexts = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  '9007199254740993',
  'NaN',
  'null',
  "' or '1'='1",
  "'; drop table log; --",
  "\\'; select pg_sleep(30); --",
  '$1',
  '{{7*7}}',
  '${jndi:ldap://127.0.0.1/a}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '\u202e\u200b',
  '\u{1F9E8}'.repeat(70),
  'x'.repeat(5000),
  '%00',
  '%',
  'a\r\nx-injected: 1',
  '294277-01-01T00:00:00Z',
  '0000-00-00',
] as const;

const hostileText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary', maxLength: 40 }));

/** A value that the schema describes, mostly; where a pattern or a format is too much to make, a text that tries. */
const valueOf = (schema: Schema, document: OpenApiDocument, depth = 0): fc.Arbitrary<unknown> => {
  if (schema.$ref !== undefined) return valueOf(document.components.schemas[schema.$ref.split('/').at(-1)!]!, document, depth);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valueOf(one, document, depth)));
  const types = schema.type === undefined ? ['any'] : [schema.type].flat();
  return fc.oneof(...types.map((type) => valueOfType(type, schema, document, depth)));
};

const valueOfType = (type: string, schema: Schema, document: OpenApiDocument, depth: number): fc.Arbitrary<unknown> => {
  const { minimum = 0, maximum = 1e6, minLength = 0, maxLength = 50, minItems = 0, maxItems = 4 } = schema;
  switch (type) {
    case 'string':
      if (schema.format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
      if (schema.pattern?.startsWith('^[0-9a-f]{8}-') === true) return fc.uuid();
      return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 40), unit: 'grapheme' });
    case 'integer':
      return fc.integer({ min: Math.max(minimum, -(2 ** 31)), max: Math.min(maximum, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return depth > 4
        ? fc.constant([])
        : fc.array(schema.items === undefined ? fc.jsonValue() : valueOf(schema.items, document, depth + 1), {
            minLength: minItems,
            maxLength: Math.min(maxItems, minItems + 4),
          });
    case 'object':
      return objectOf(schema, document, depth);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
};

const objectOf = ({ properties, required = [] }: Schema, document: OpenApiDocument, depth: number): fc.Arbitrary<unknown> => {
  if (properties === undefined || depth > 4)
    return fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const fields = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, valueOf(property, document, depth + 1)]));
  return fc.record(fields, { requiredKeys: required.filter((name) => name in fields) as never });
};

/** One place of a value is made something else: left out, of another type, hostile, one too many. */
const spoiled = (value: unknown): fc.Arbitrary<unknown> => {
  if (Array.isArray(value)) {
    if (value.length === 0) return fc.constantFrom(null, {}, 'no array', [null], [[]]);
    return fc.nat(value.length - 1).chain((at) => spoiled(value[at]).map((bad) => value.with(at, bad)));
  }
  if (typeof value !== 'object' || value === null)
    return fc.oneof(hostileText, fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 2 ** 53, 1e308, [], {}), fc.jsonValue({ maxDepth: 2 }));
  const names = Object.keys(value);
  const more = hostileText.chain((name) => fc.jsonValue({ maxDepth: 1 }).map((extra) => ({ ...value, [name]: extra })));
  if (names.length === 0) return more;
  const one = fc.constantFrom(...names);
  return fc.oneof(
    more,
    one.map((name) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))),
    one.chain((name) => spoiled((value as Record<string, unknown>)[name]).map((bad) => ({ ...value, [name]: bad }))),
  );
};

/** What a header may hold on the wire. */
const headerText = (text: string): string =>
  text
    .replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '')
    .slice(0, 400)
    .trim();
/** Sent as a client would: whatever is no part of an address is encoded, lone surrogates as nothing can encode them. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

const maybeSpoiled = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: value }, { weight: 2, arbitrary: value.chain(spoiled) });

const parametersOf = (
  parameters: readonly Parameter[],
  document: OpenApiDocument,
  place: string,
): fc.Arbitrary<Readonly<Record<string, string>>> =>
  fc.record(
    Object.fromEntries(
      parameters.filter((one) => one.in === place).map(({ name, schema }) => [name, maybeSpoiled(valueOf(schema, document)).map(textOf)]),
    ),
    { requiredKeys: [] },
  ) as fc.Arbitrary<Readonly<Record<string, string>>>;

const queryOf = (given: Readonly<Record<string, string>>, extra: readonly (readonly [string, string])[]): string => {
  const pairs = [...Object.entries(given), ...extra].map(([name, text]) => `${encoded(name)}=${encoded(text)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
};

/** Requests to every operation of the document, some of them good. `headers`: more that any of them may have. */
export const requestsOf = (document: OpenApiDocument, headers: fc.Arbitrary<Readonly<Record<string, string>>>): fc.Arbitrary<MadeRequest> =>
  fc.oneof(
    ...Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) =>
        requestOf(document, { method: method.toUpperCase(), path, operation }, headers),
      ),
    ),
  );

type Place = { readonly method: string; readonly path: string; readonly operation: Operation };

const requestOf = (document: OpenApiDocument, { method, path, operation }: Place, more: fc.Arbitrary<Readonly<Record<string, string>>>) => {
  const { parameters = [], requestBody } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const extra = fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(hostileText, hostileText), { maxLength: 2 }) },
  );
  const contents = Object.entries(requestBody?.content ?? {});
  const content =
    contents.length === 0
      ? fc.constant({ type: null, bytes: null })
      : fc.oneof(
          ...contents.map(([type, { schema }]) =>
            maybeSpoiled(valueOf(schema, document)).map((value) => ({ type, bytes: Buffer.from(textOf(value)) })),
          ),
        );
  return fc
    .record({
      given: parametersOf(parameters, document, 'path'),
      query: parametersOf(parameters, document, 'query'),
      header: parametersOf(parameters, document, 'header'),
      extra,
      content,
      more,
    })
    .map(({ given, query, header, extra: added, content: { type, bytes }, more: others }): MadeRequest => ({
      method,
      path: names.reduce((text, name) => text.replace(`{${name}}`, encoded(given[name] ?? '1') || '1'), path) + queryOf(query, added),
      headers: {
        ...(type !== null && { 'content-type': type.replace('*/*', 'text/plain') }),
        ...Object.fromEntries(Object.entries(header).map(([name, text]) => [name.toLowerCase(), headerText(text)])),
        ...others,
      },
      body: bytes,
    }));
};
