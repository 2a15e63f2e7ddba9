// What a route of the query API is: data, from which requests are checked, answers made and OpenAPI written.
import type { Static, TObject } from 'typebox';
import type { ReadDatabase } from './read-database.ts';

export type Route<Path extends TObject = TObject, Query extends TObject = TObject> = {
  readonly method: 'GET';
  /** With Fastify's `:name` for a path parameter. */
  readonly url: string;
  readonly summary: string;
  readonly path: Path;
  readonly query: Query;
  readonly answer: TObject;
  /** Error codes that it may answer, beside `internal`. */
  readonly errors: readonly ('invalid_query' | 'not_found' | 'storage_unavailable')[];
  /** Gives the JSON text of the answer; throws a RequestProblem. */
  readonly respond: (
    request: {
      readonly path: Static<Path>;
      readonly query: Static<Query>;
      /** Of the key: all that is read is read of it alone, and what is another's is not there. */
      readonly tenant: string;
    },
    database: ReadDatabase,
    bounds?: ListingBounds,
  ) => Promise<string>;
  /** Of a listing whose rows never change once they are there: what bounds an export of it, which then needs no snapshot. */
  readonly bounds?: (database: ReadDatabase) => Promise<ListingBounds>;
};

/** Rows up to these positions, lane by lane. */
export type ListingBounds = { readonly positions: readonly number[] };

/** Keeps the parameter types for `respond`, and forgets them for the table of routes. */
export const defineRoute = <Path extends TObject, Query extends TObject>(route: Route<Path, Query>): Route => route as unknown as Route;
