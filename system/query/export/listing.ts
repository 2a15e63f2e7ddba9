// Which routes are listings, and so can be exported: those whose answer is one array with a cursor to more of it. Of several the cursor is one's alone, and the
// others would come again with every page.
import { type TObject, Type } from 'typebox';
import type { Route } from '../route.ts';

export type Listing = {
  /** The field of the answer that holds the rows. */
  readonly rows: string;
  /** The fields of a row, in order: the columns of CSV. */
  readonly columns: readonly string[];
  /** The largest page that it has. */
  readonly pageRows: number;
};

type ArraySchema = { readonly type?: string; readonly items?: TObject };

/** null: not a listing. */
export const listingOf = (route: Route): Listing | null => {
  const { next_cursor: cursor, ...fields } = route.answer.properties;
  const limit = route.query.properties['limit'] as { readonly maximum?: number } | undefined;
  if (cursor === undefined || limit?.maximum === undefined) return null;
  const [found, ...others] = Object.entries(fields as Record<string, ArraySchema>).filter(([, { type }]) => type === 'array');
  if (found?.[1].items === undefined || others.length > 0) return null;
  return { rows: found[0], columns: Object.keys(found[1].items.properties), pageRows: limit.maximum };
};

export const exportFormats = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const exportParameters = {
  format: Type.Optional(
    Type.Enum(['json', ...exportFormats], {
      description:
        'ndjson, csv: all of the listing, streamed; the last line says whether it is whole. Not with limit and cursor. `Accept` says the same.',
    }),
  ),
  formulas: Type.Optional(
    Type.Enum(['escape', 'keep'], {
      description: "Of csv: text that a spreadsheet would take for a formula gets a ' before it (escape, the default), or stays as it is.",
    }),
  ),
};

/** A listing takes the parameters of exports as well. */
export const withExport = (route: Route): Route =>
  listingOf(route) === null
    ? route
    : { ...route, query: Type.Object({ ...route.query.properties, ...exportParameters }, { additionalProperties: false }) };
