// A registered schema in the form in which two of them are compared: references put in, defaults spelt out, each place with its types said.

export type Scalar = string | number | boolean | null;
export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export type Bound = { readonly value: number; readonly isExclusive: boolean };

export type NumberRule = { readonly isInteger: boolean; readonly lower: Bound | null; readonly upper: Bound | null };
export type StringRule = {
  readonly minLength: number;
  /** Code points; Infinity: no bound. */
  readonly maxLength: number;
  readonly pattern: string | null;
  /** The schema's own `examples` of that place: what can be had where there is a pattern. */
  readonly examples: readonly string[];
};
export type ArrayRule = { readonly items: SchemaNode; readonly minItems: number; readonly maxItems: number };
export type ObjectRule = {
  readonly properties: ReadonlyMap<string, SchemaNode>;
  readonly required: ReadonlySet<string>;
  /** What a member must be that `properties` does not name. */
  readonly additional: SchemaNode;
  readonly minProperties: number;
  readonly maxProperties: number;
};

export type TypedNode = {
  readonly kind: 'typed';
  readonly types: ReadonlySet<TypeName>;
  readonly number: NumberRule;
  readonly string: StringRule;
  readonly array: ArrayRule;
  readonly object: ObjectRule;
};

export type SchemaNode =
  | { readonly kind: 'any' }
  | { readonly kind: 'never' }
  | { readonly kind: 'values'; readonly values: readonly Scalar[] }
  | { readonly kind: 'choice'; readonly of: readonly SchemaNode[] }
  | TypedNode;

export const anything: SchemaNode = { kind: 'any' };
export const nothing: SchemaNode = { kind: 'never' };

export const anyNumber: NumberRule = { isInteger: false, lower: null, upper: null };
export const anyString: StringRule = { minLength: 0, maxLength: Infinity, pattern: null, examples: [] };
export const anyArray: ArrayRule = { items: anything, minItems: 0, maxItems: Infinity };
export const anyObject: ObjectRule = {
  properties: new Map(),
  required: new Set(),
  additional: anything,
  minProperties: 0,
  maxProperties: Infinity,
};

export const typeNames: readonly TypeName[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** `any`, spelt out. */
export const everyType: TypedNode = {
  kind: 'typed',
  types: new Set(typeNames),
  number: anyNumber,
  string: anyString,
  array: anyArray,
  object: anyObject,
};

export const typeOfScalar = (value: Scalar): TypeName => (value === null ? 'null' : (typeof value as 'boolean' | 'number' | 'string'));
