// A registered schema as a check of an event's metadata, by ajv. What the dialect let in takes bounded time; what it finds is a bounded number of places.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { compilePattern } from './pattern.ts';
import { escapeToken } from './read-schema.ts';

/** `path`: a JSON pointer into the event. */
export type MetadataProblem = { readonly path: string; readonly message: string };

export type MetadataCheck = {
  /** Null: it fits. `bytes`: about how large the event is; of a large one only the first place is told, so that telling costs no more than checking. */
  readonly find: (metadata: unknown, bytes: number) => readonly MetadataProblem[] | null;
};

const mostPlaces = 10;
const bytesToTellAll = 16 * 1024;

export const compileCheck = (schema: unknown): MetadataCheck => {
  const first = compile(schema, false);
  // Made only when something does not fit: most processes never need it.
  let all: ValidateFunction | null = null;
  return {
    find: (metadata, bytes) => {
      if (first(metadata)) return null;
      if (bytes > bytesToTellAll) return placesOf(first.errors);
      all ??= compile(schema, true);
      all(metadata);
      return placesOf(all.errors);
    },
  };
};

const compile = (schema: unknown, allErrors: boolean): ValidateFunction => {
  const ajv = new Ajv2020({
    allErrors,
    // The dialect was checked when the schema was registered.
    meta: false,
    validateSchema: false,
    strict: false,
    strictNumbers: true,
    validateFormats: false,
    // `required: ["toString"]` is not met by what every object inherits.
    ownProperties: true,
    addUsedSchema: false,
    logger: false,
    code: { regExp: Object.assign((pattern: string) => compilePattern(pattern), { code: 'matched by RE2' }) as never },
  });
  return ajv.compile(schema as object);
};

const placesOf = (errors: readonly ErrorObject[] | null | undefined): readonly MetadataProblem[] => {
  const places = (errors ?? []).filter(({ keyword }) => keyword !== 'anyOf' || (errors ?? []).length === 1).map(toPlace);
  const found = places.length > 0 ? places : (errors ?? []).map(toPlace);
  return [...new Map(found.map((place) => [`${place.path} ${place.message}`, place])).values()].slice(0, mostPlaces);
};

const toPlace = ({ keyword, instancePath, params, message }: ErrorObject): MetadataProblem => {
  const at = (name?: string) => shorten(`/metadata${instancePath}${name === undefined ? '' : `/${escapeToken(name)}`}`);
  if (keyword === 'required') return { path: at(params['missingProperty'] as string), message: 'is missing' };
  if (keyword === 'additionalProperties') return { path: at(params['additionalProperty'] as string), message: 'is not in the schema' };
  if (keyword === 'false schema') return { path: at(), message: 'may not be there' };
  if (keyword === 'enum') return { path: at(), message: `must be one of ${shorten(JSON.stringify(params['allowedValues']))}` };
  if (keyword === 'const') return { path: at(), message: `must be ${shorten(JSON.stringify(params['allowedValue']))}` };
  return { path: at(), message: shorten(message ?? 'does not fit') };
};

/** Names in an event may be of any length, and halves of pairs must not come of cutting them. */
const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200).toWellFormed()}…` : text);
