// What form of a listing the Accept header asks for. Whoever does not care gets JSON.
import type { ExportFormat } from './listing.ts';

const types: Readonly<Record<string, ExportFormat | 'json'>> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'text/csv': 'csv',
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
};

/** The best by `q`, the first of equals; JSON where none is known. */
export const acceptedFormat = (accept: string | undefined): ExportFormat | 'json' => {
  const ranges = (accept ?? '*/*').slice(0, 1000).split(',').map(readRange);
  const known = ranges.filter(({ format, q }) => format !== undefined && q > 0).toSorted((a, b) => b.q - a.q);
  return known[0]?.format ?? 'json';
};

const readRange = (range: string) => {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const q = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
  return { format: Object.hasOwn(types, type) ? types[type] : undefined, q: Number.isFinite(q) ? q : 0 };
};
