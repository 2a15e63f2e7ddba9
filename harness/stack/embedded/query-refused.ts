// A query that is not understood, or that this stack does not have: refused by name and position, never answered wrongly.

export class QueryRefused extends Error {
  /** Offset into the query, from 0. */
  readonly position: number;

  constructor(query: string, position: number, message: string, options?: ErrorOptions) {
    const before = query.slice(0, position).split('\n');
    super(`parse error at line ${before.length}, col ${(before.at(-1) ?? '').length + 1}: ${message}`, options);
    this.name = 'QueryRefused';
    this.position = position;
  }
}

/** The longest query that is looked at. */
export const maxQueryLength = 8_192;

export const refuseLongQuery = (query: string): void => {
  if (query.length > maxQueryLength)
    throw new QueryRefused('', 0, `the query has ${query.length} characters, the most is ${maxQueryLength}`);
};
