// A whole listing, page after page, to a reader who may be slow: constant memory, one moment of the database, and an end that says whether it is whole.
import type { FastifyReply } from 'fastify';
import { elementsOf, membersOf } from '../../contract/json-text.ts';
import type { Timers } from '../consumers/head-watch.ts';
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
  /** About as much is written at once: what a reader may take slowMs for. */
  readonly pieceBytes: number;
  readonly timers: Timers;
  /** Aborted with a RequestProblem: time is over, or the process stops. */
  readonly stop: AbortSignal;
  readonly onDefect: (error: unknown) => void;
};

/** Rejects while nothing is sent yet: that is an answer with a status. From the first byte on it settles. Whether it is whole. */
export const exportListing = async (asked: ExportListing): Promise<boolean> => {
  const { route, database } = asked;
  if (route.bounds !== undefined) return finish(asked, await write(asked, { database, bounds: await route.bounds(database) }));
  let written: Written | null = null;
  try {
    await database.snapshot(async (snapshot) => {
      written = await write(asked, { database: snapshot, keptDuring: createKeptDuring(snapshot, asked.timers) });
    });
  } catch (error) {
    // Once all is read, a transaction that read alone has nothing to commit.
    if (written === null) throw error;
  }
  // Without the snapshot: a reader may take long for the end, too, and what becomes of the database meanwhile is nothing to an export that is whole.
  return finish(asked, written!);
};

/** `isBroken`: it is cut already. */
type Written = { readonly writer: PacedWriter; readonly rows: number; readonly isBroken: boolean };

type KeptDuring = (work: () => Promise<void>) => Promise<void>;

type Source = {
  readonly database: ReadDatabase;
  readonly bounds?: ListingBounds;
  /** Of a snapshot: `work` waits for the reader, and reads nothing. */
  readonly keptDuring?: KeptDuring;
};

/** Far below what the server leaves a transaction alone for. */
const touchMs = 1000;

/**
 * The server ends a transaction that is left alone for long, as one of a process that froze. A reader may take longer than that for a single piece, so the snapshot
 * is touched by a timer. Rejects once `work` is over where that failed.
 */
const createKeptDuring = (snapshot: ReadDatabase, timers: Timers): KeptDuring => {
  return async (work) => {
    let isOver = false;
    let touched: Promise<void> = Promise.resolve();
    const later = () => timers.after(touchMs, () => void (touched = touch()).catch(() => undefined));
    const touch = async (): Promise<void> => {
      await snapshot.query('SELECT', 'select 1');
      if (!isOver) timer = later();
    };
    let timer = later();
    try {
      await work();
    } finally {
      isOver = true;
      timer[Symbol.dispose]();
      // A connection has one statement at a time.
      await touched.catch(() => undefined);
    }
    await touched;
  };
};

const unkept: KeptDuring = (work) => work();

/** Several rows each, of about that many bytes of JSON. */
function* piecesOf(rows: readonly string[], pieceBytes: number): Iterable<readonly string[]> {
  let from = 0;
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    bytes += Buffer.byteLength(row);
    if (bytes < pieceBytes && index + 1 < rows.length) continue;
    yield rows.slice(from, index + 1);
    from = index + 1;
    bytes = 0;
  }
}

/** All of it but its end. */
const write = async (asked: ExportListing, { database, bounds, keptDuring = unkept }: Source): Promise<Written> => {
  const { format, reply, stop, pieceBytes } = asked;
  let page = await readPage(asked, database, null, bounds);
  reply.hijack();
  const writer = asked.openWriter();
  let count = 0;
  try {
    await keptDuring(() => writer.write(format.head));
    for (;;) {
      await keptDuring(async () => {
        for (const rows of piecesOf(page.rows, pieceBytes)) {
          stop.throwIfAborted();
          await writer.write(format.rows(rows));
          count += rows.length;
        }
      });
      if (page.next === null) break;
      stop.throwIfAborted();
      page = await readPage(asked, database, page.next, bounds);
    }
    return { writer, rows: count, isBroken: false };
  } catch (error) {
    breakOff(asked, writer, count, error);
    return { writer, rows: count, isBroken: true };
  }
};

const finish = async (asked: ExportListing, { writer, rows, isBroken }: Written): Promise<boolean> => {
  if (isBroken) return false;
  try {
    await writer.finish(asked.format.complete(rows));
    return true;
  } catch (error) {
    breakOff(asked, writer, rows, error);
    return false;
  }
};

const breakOff = ({ format, onDefect }: ExportListing, writer: PacedWriter, rows: number, error: unknown): void => {
  const { code, message } = whyBroken(error);
  if (code === 'internal') onDefect(error);
  writer.cut(format.broken(rows, code, message));
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
