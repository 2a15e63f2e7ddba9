// What a schema finds wrong, in words for whoever wrote it: each place once, what is missing or not known by its name, and what is taken instead.

export type SchemaError = {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
};

export type SchemaProblem = { readonly path: string; readonly message: string };

type Params = {
  readonly requiredProperties?: readonly string[];
  readonly allowedValues?: readonly unknown[];
  readonly allowedValue?: unknown;
};

/** `path` is a JSON pointer; `/` is the whole. In the order in which they were found. */
export const describeProblems = (errors: readonly SchemaError[]): readonly SchemaProblem[] => {
  const places = new Map<string, { message: string; readonly taken: unknown[] }>();
  for (const { path, message, taken } of errors.flatMap(toFinding)) {
    const place = places.get(path);
    // Of alternatives, each says what it would have taken.
    if (place) place.taken.push(...taken);
    else places.set(path, { message, taken: [...taken] });
  }
  const described = [...places].map(([path, { message, taken }]) => ({ path, message: taken.length > 0 ? oneOf(taken) : message }));
  return described.length > 0 ? described : errors.slice(0, 1).map(({ instancePath, message }) => ({ path: instancePath || '/', message }));
};

type Finding = SchemaProblem & { readonly taken: readonly unknown[] };

const toFinding = ({ keyword, instancePath, message, params }: SchemaError): readonly Finding[] => {
  const path = instancePath || '/';
  const { requiredProperties = [], allowedValues, allowedValue }: Params = params;
  switch (keyword) {
    // Told in the place of the member, as `boolean`, and of what each alternative found.
    case 'additionalProperties':
    case 'anyOf':
      return [];
    case 'boolean':
      return [{ path, message: 'is not known here', taken: [] }];
    case 'required':
      return requiredProperties.map((name) => ({ path: `${instancePath}/${name}`, message: 'is missing', taken: [] }));
    case 'enum':
      return [{ path, message, taken: allowedValues ?? [] }];
    case 'const':
      return [{ path, message, taken: [allowedValue] }];
    default:
      return [{ path, message, taken: [] }];
  }
};

const oneOf = (values: readonly unknown[]): string => {
  const words = [...new Set(values)].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const last = words.pop()!;
  return `must be ${words.length > 0 ? `${words.join(', ')} or ` : ''}${last}`;
};
