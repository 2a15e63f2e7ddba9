// The schema's findings in words: each place with what is wrong there, a bounded number of them.
import { type Refusal, refuse } from './refusal.ts';

type SchemaError = {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
};

type Place = { readonly path: string; readonly message: string };

const mostPlaces = 10;
/** The schema tells it twice: as the schema `false` of the field, and by additionalProperties. */
const unknownField = 'is not a field of the contract';

type Contract = { readonly code: 'invalid_event' | 'invalid_cloudevent'; readonly name: string };

const plainContract: Contract = { code: 'invalid_event', name: 'the contract' };

export const describeSchemaErrors = (value: unknown, errors: readonly SchemaError[], { code, name } = plainContract): Refusal => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(code, `An event is a JSON object, not ${nameOf(value)}.`, [{ path: '', message: 'must be object' }]);
  }
  const places = uniqueByPath(errors.flatMap(toPlaces)).slice(0, mostPlaces);
  const words = places.map(({ path, message }) => `${path} ${message}`).join('; ');
  return refuse(code, `The event does not fit ${name}: ${words}.`, places);
};

const nameOf = (value: unknown): string =>
  Array.isArray(value) ? 'an array (use POST /events/batch)' : value === null ? 'null' : `a ${typeof value}`;

const toPlaces = ({ keyword, instancePath, message, params }: SchemaError): readonly Place[] => {
  if (keyword === 'boolean') return [{ path: shorten(instancePath), message: unknownField }];
  if (keyword === 'required') return namesIn(params['requiredProperties']).map((name) => ({ path: `/${name}`, message: 'is missing' }));
  if (keyword === 'additionalProperties') {
    return namesIn(params['additionalProperties']).map((name) => ({
      path: `/${shorten(name)}`,
      message: 'is not a field of the contract',
    }));
  }
  if (keyword === 'const') return [{ path: instancePath, message: `must be ${JSON.stringify(params['allowedValue'])}` }];
  return [{ path: instancePath, message: keyword === 'minLength' ? 'must not be empty' : message }];
};

const uniqueByPath = (places: readonly Place[]): readonly Place[] => [...new Map(places.map((place) => [place.path, place])).values()];

const namesIn = (names: unknown): readonly string[] => (Array.isArray(names) ? names.map(String) : []);

const shorten = (name: string): string => (name.length > 64 ? `${name.slice(0, 64).toWellFormed()}…` : name);
