// What there is to ask of a set of traces: the words that generated queries are made of.

export type TraceAttribute = {
  readonly scope: 'span' | 'resource' | 'event' | 'link' | 'instrumentation';
  readonly name: string;
  /** Some of the values that are there, all of one type; of an array its elements. */
  readonly values: readonly (string | number | boolean)[];
  readonly isArray?: boolean;
};

export type TraceVocabulary = {
  readonly spanNames: readonly string[];
  readonly services: readonly string[];
  readonly attributes: readonly TraceAttribute[];
  readonly eventNames: readonly string[];
  readonly statusMessages: readonly string[];
  readonly libraries: readonly { readonly name: string; readonly version: string }[];
  /** Hex. */
  readonly traceIds: readonly string[];
  readonly spanIds: readonly string[];
  /** Nanoseconds: some that a few spans and traces lie under. */
  readonly durations: readonly number[];
};
