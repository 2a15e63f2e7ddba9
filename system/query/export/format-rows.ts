// Rows of a listing as NDJSON or CSV. The first keeps the raw text of every row; the last line of both says whether the export is whole.
import { stringify } from 'csv-stringify/sync';
import { membersOf } from '../../contract/json-text.ts';
import type { ExportFormat, Listing } from './listing.ts';

export type RowFormat = {
  readonly contentType: string;
  readonly head: string;
  /** `rows`: the JSON text of each. */
  rows(rows: readonly string[]): string;
  complete(count: number): string;
  broken(count: number, code: string, message: string): string;
};

export const createRowFormat = (format: ExportFormat, { columns }: Listing, escapesFormulas: boolean): RowFormat =>
  format === 'csv' ? csv(columns, escapesFormulas) : ndjson;

const ndjson: RowFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  head: '',
  // A raw body may hold line ends between its tokens: never within one, so they are only space.
  rows: (rows) => rows.map((row) => `${row.replaceAll(/[\r\n]+/g, ' ')}\n`).join(''),
  complete: (rows) => `${JSON.stringify({ export: { complete: true, rows } })}\n`,
  broken: (rows, code, message) => `${JSON.stringify({ export: { complete: false, rows, error: { code, message } } })}\n`,
};

/** RFC 4180, with line feeds. An empty text is "", null is nothing; objects are their JSON. */
const csv = (columns: readonly string[], escapesFormulas: boolean): RowFormat => {
  const write = (rows: readonly (readonly unknown[])[]) => stringify([...rows], { escape_formulas: escapesFormulas, quoted_match: /^$/ });
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    head: write([columns]),
    rows: (rows) => (rows.length === 0 ? '' : write(rows.map((row) => cellsOf(row, columns)))),
    complete: (count) => `# export complete: ${count} rows\n`,
    broken: (count, code) => `# export broken after ${count} rows: ${code}\n`,
  };
};

const cellsOf = (row: string, columns: readonly string[]): readonly unknown[] => {
  const values = new Map(membersOf(row, 0).map(({ key, valueStart, valueEnd }) => [key, row.slice(valueStart, valueEnd)]));
  return columns.map((column) => cellOf(values.get(column)));
};

/** Numbers of a row are our own, below 2^53: only as a number is -5 no formula. */
const cellOf = (raw: string | undefined): unknown => {
  if (raw === undefined || raw === 'null') return null;
  if (raw.startsWith('"')) return JSON.parse(raw);
  return /^-?\d/.test(raw) ? Number(raw) : raw;
};
