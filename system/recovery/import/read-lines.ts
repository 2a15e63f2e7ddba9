// Records of a file into events, or the reason why not. Pure: the dry run on the operator's machine and the import itself read by the same code.
import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { type ImportFormat, importLimits } from '../../contract/imports.ts';
import { type AdmittedEvent, admit, isRefusal } from '../../ingest/admit.ts';
import { type CsvMapping, createCsvMapper } from './csv-mapping.ts';
import type { RawRecord } from './records.ts';

export type LineRefusal = {
  /** A code of the contract's, or `invalid_csv`. */
  readonly code: string;
  /** The field of the event, or the column of the file, where it is one. */
  readonly place: string | null;
  readonly reason: string;
};

/** `event` and `refusal` null: a blank line. */
export type ImportLine = {
  readonly line: number;
  readonly lines: number;
  readonly event: AdmittedEvent | null;
  readonly refusal: LineRefusal | null;
};

export type LineReader = (records: readonly RawRecord[], receivedAtMs: number) => readonly ImportLine[];

export type FileShape = {
  readonly format: ImportFormat;
  /** csv: both. */
  readonly mapping: CsvMapping | null;
  readonly header: readonly string[] | null;
};

export type LineReaderOptions = FileShape & {
  readonly tenant: string;
  /** Of a line without an id: the ledger knows it by import and line, so it only has to be new. */
  readonly newIdentity: (nowMs: number) => string;
};

export const createLineReader = ({ format, mapping, header, tenant, newIdentity }: LineReaderOptions): LineReader => {
  const textsOf = format === 'csv' ? csvTexts(mapping!, header!) : plainTexts;
  return (records, receivedAtMs) => {
    const texts = textsOf(records);
    const delivery = { tenant, receivedAtMs, headerKey: null, newIdentity };
    return records.map(({ line, lines }, at): ImportLine => {
      const text = texts[at]!;
      if (text === null) return { line, lines, event: null, refusal: null };
      const event = 'code' in text ? text : admitPast(text.bytes, delivery);
      return 'code' in event ? { line, lines, event: null, refusal: event } : { line, lines, event, refusal: null };
    });
  };
};

type Text = { readonly bytes: Buffer } | LineRefusal | null;

const tooLarge: LineRefusal = { code: 'payload_too_large', place: null, reason: `is over ${importLimits.eventBytes} bytes` };
const noUtf8: LineRefusal = { code: 'invalid_json', place: null, reason: 'is not UTF-8' };

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

const plainTexts = (records: readonly RawRecord[]): readonly Text[] =>
  records.map(({ line, bytes: whole }) => {
    const bytes = line === 1 && whole.subarray(0, 3).equals(byteOrderMark) ? whole.subarray(3) : whole;
    if (isBlank(bytes)) return null;
    return bytes.length > importLimits.eventBytes ? tooLarge : { bytes };
  });

const csvTexts = (mapping: CsvMapping, header: readonly string[]) => {
  const map = createCsvMapper(mapping, header);
  const delimiter = mapping.delimiter ?? ',';
  return (records: readonly RawRecord[]): readonly Text[] => {
    const readable = records.map(({ bytes }) => (isBlank(bytes) || bytes.length > importLimits.eventBytes ? null : bytes));
    const all = parseTogether(readable, delimiter);
    return records.map(({ bytes }, at) => {
      if (isBlank(bytes)) return null;
      if (bytes.length > importLimits.eventBytes) return tooLarge;
      if (!isUtf8(bytes)) return noUtf8;
      const cells = all?.get(at) ?? parseAlone(bytes, delimiter);
      if (!Array.isArray(cells)) return cells;
      const mapped = map(cells);
      return 'text' in mapped
        ? { bytes: Buffer.from(mapped.text) }
        : { code: 'invalid_csv', place: mapped.column || null, reason: mapped.reason };
    });
  };
};

/**
 * A record ends where the cutter ends it, with a line feed: guessed by the parser, it would be the first CR or LF of whatever records come together, and the same
 * line would be read in two ways.
 */
const csvOptions = { relax_column_count: true, skip_empty_lines: false, record_delimiter: '\n' } as const;

/** null: one of them is no CSV, and each is to be looked at alone. */
const parseTogether = (records: readonly (Buffer | null)[], delimiter: string): ReadonlyMap<number, string[]> | null => {
  const kept = records.flatMap((bytes, at) => (bytes === null ? [] : [{ bytes, at }]));
  try {
    const rows = parse(Buffer.concat(kept.flatMap(({ bytes }) => [bytes, newLine])), { ...csvOptions, delimiter });
    return rows.length === kept.length ? new Map(rows.map((row, index) => [kept[index]!.at, row])) : null;
  } catch {
    return null;
  }
};

const newLine = Buffer.from('\n');

const parseAlone = (bytes: Buffer, delimiter: string): string[] | LineRefusal => {
  try {
    const rows = parse(bytes, { ...csvOptions, delimiter });
    if (rows.length === 1) return rows[0]!;
    return { code: 'invalid_csv', place: null, reason: `is ${rows.length} records, where its quotes say one` };
  } catch (error) {
    const { code } = error as { code?: string };
    return { code: 'invalid_csv', place: null, reason: wordsFor[code ?? ''] ?? 'is no record of a CSV file (RFC 4180)' };
  }
};

/** Not the parser's own words: they quote the file. */
const wordsFor: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'has text behind a closing quote: a quote inside of quotes is doubled',
  INVALID_OPENING_QUOTE: 'has a quote inside of a cell that is not quoted',
};

/** Times are what a history is made of: where ingest would put the time of receipt in place of one that it can't read, an import refuses. */
const admitPast = (bytes: Buffer, delivery: Parameters<typeof admit>[1]): AdmittedEvent | LineRefusal => {
  const event = admit(bytes, delivery);
  if (isRefusal(event)) return { code: event.code, place: placeOf(event.details), reason: event.message };
  if (event.eventTimeSource === 'client') return event;
  return {
    code: 'invalid_event',
    place: '/event_time',
    reason: 'is no RFC 3339 time with an offset: an import keeps original times alone',
  };
};

const placeOf = (details: unknown): string | null => {
  const path = Array.isArray(details) ? (details[0] as { path?: unknown } | undefined)?.path : undefined;
  return typeof path === 'string' ? path : null;
};

/** The cells of the first line of a CSV file. Throws an Error that says what is wrong. */
export const readHeader = (bytes: Buffer, delimiter: string): readonly string[] => {
  const text = bytes.subarray(0, 3).equals(byteOrderMark) ? bytes.subarray(3) : bytes;
  const cells = isUtf8(text) ? parseAlone(text, delimiter) : noUtf8;
  if (Array.isArray(cells)) return cells;
  throw new Error(`The first line ${cells.reason}.`);
};
