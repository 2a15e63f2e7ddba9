// One page of a listing: cut to its limit, with the cursor to the next.
import { createCursors, type CursorShape } from './cursor.ts';
import { invalidQuery } from './request-problem.ts';

export type Paging<Key extends readonly (string | number)[]> = {
  /** Where the page before ended; null on the first page. */
  readonly after: Key | null;
  /** The items to answer, and the cursor of the next page or null. `mayHaveMore`: there were more rows than were sent. */
  cut<Row>(
    rows: readonly Row[],
    keyOf: (row: Row) => Key,
    mayHaveMore?: boolean,
  ): { readonly items: readonly Row[]; readonly nextCursor: string | null };
};

type Asked = { readonly limit: number; readonly cursor: string | undefined };

/** Ask the database for `limit + 1` rows. Throws invalid_query for a cursor that is not of this listing. */
export const createPaging = <Key extends readonly (string | number)[]>(
  route: string,
  filters: unknown,
  shape: CursorShape,
  { limit, cursor }: Asked,
): Paging<Key> => {
  const cursors = createCursors<Key>(route, filters, shape);
  const after = cursor === undefined ? null : cursors.parse(cursor);
  if (cursor !== undefined && after === null) throw unusable();
  return {
    after,
    cut: (rows, keyOf, mayHaveMore = rows.length > limit) => {
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return { items, nextCursor: mayHaveMore && last !== undefined ? cursors.format(keyOf(last)) : null };
    },
  };
};

const unusable = () =>
  invalidQuery([
    {
      parameter: 'cursor',
      message: 'is not one of this listing with these filters. Give next_cursor as it was answered, with the same filters.',
    },
  ]);
