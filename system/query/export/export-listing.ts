// A whole listing, page after page, to a reader who may be slow: constant memory, one moment of the database, and an end that says whether it is whole.
import type { FastifyReply } from 'fastify';
import { elementsOf, membersOf } from '../../contract/json-text.ts';
import { type PacedWriter, ReaderGone, SlowReader } from '../consumers/paced-writer.ts';
import type { ReadDatabase } from '../read-database.ts';
import { RequestProblem } from '../request-problem.ts';
import type { ListingBounds, Route } from '../route.ts';
import type { RowFormat } from './format-rows.ts';
import type { Listing } from './listing.ts';

export type ExportListing = {
  readonly route: Route;
  readonly listing: Listing;
  readonly tenant: string;
  readonly path: Readonly<Record<string, unknown>>;
  readonly filters: Readonly<Record<string, unknown>>;
  readonly format: RowFormat;
  readonly database: ReadDatabase;
  readonly reply: FastifyReply;
  readonly openWriter: () => PacedWriter;
  /** Aborted with a RequestProblem: time is over, or the process stops. */
  readonly stop: AbortSignal;
  readonly onDefect: (error: unknown) => void;
};

/** Rejects while nothing is sent yet: that is an answer with a status. From the first byte on it settles. Whether it is whole. */
export const exportListing = async (asked: ExportListing): Promise<boolean> => {
  const { route, database } = asked;
  if (route.bounds !== undefined) return write(asked, database, await route.bounds(database));
  return database.snapshot((snapshot) => write(asked, snapshot));
};

const write = async (asked: ExportListing, database: ReadDatabase, bounds?: ListingBounds): Promise<boolean> => {
  const { format, reply, stop } = asked;
  let page = await readPage(asked, database, null, bounds);
  reply.hijack();
  const writer = asked.openWriter();
  let count = 0;
  try {
    await writer.write(format.head);
    for (;;) {
      await writer.write(format.rows(page.rows));
      count += page.rows.length;
      if (page.next === null) break;
      stop.throwIfAborted();
      page = await readPage(asked, database, page.next, bounds);
    }
    await writer.finish(format.complete(count));
    return true;
  } catch (error) {
    const { code, message } = whyBroken(error);
    if (code === 'internal') asked.onDefect(error);
    writer.cut(format.broken(count, code, message));
    return false;
  }
};

type Page = { readonly rows: readonly string[]; readonly next: string | null };

const readPage = async (
  { route, listing, tenant, path, filters }: ExportListing,
  database: ReadDatabase,
  cursor: string | null,
  bounds?: ListingBounds,
): Promise<Page> => {
  const query = { ...filters, limit: listing.pageRows, ...(cursor !== null && { cursor }) };
  const text = await route.respond({ path, query, tenant }, database, bounds);
  const members = new Map(membersOf(text, 0).map(({ key, valueStart, valueEnd }) => [key, { valueStart, valueEnd }]));
  const rows = members.get(listing.rows);
  const next = members.get('next_cursor');
  if (rows === undefined || next === undefined) throw new Error(`${route.url} answered no listing`);
  return {
    rows: elementsOf(text, rows.valueStart).map(({ valueStart, valueEnd }) => text.slice(valueStart, valueEnd)),
    next: JSON.parse(text.slice(next.valueStart, next.valueEnd)) as string | null,
  };
};

const whyBroken = (error: unknown): { readonly code: string; readonly message: string } => {
  if (error instanceof RequestProblem) return { code: error.code, message: error.message };
  if (error instanceof SlowReader) return { code: 'slow_reader', message: error.message };
  if (error instanceof ReaderGone) return { code: 'left', message: error.message };
  return { code: 'internal', message: 'A defect of ours; it is logged.' };
};
