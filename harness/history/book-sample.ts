// One line of books.ndjson: the target's books at one instant, every lane from the same snapshot.
import { type CountedFile, readCounted } from './counted-file.ts';

export const bookTerms = ['applied', 'ignored', 'parked', 'pending', 'discarded', 'skipped', 'shed'] as const;
export type BookTerm = (typeof bookTerms)[number];

export type BookRow = {
  readonly processor: string;
  readonly version: number;
  readonly lane: number;
  /** The lane's highest position in the same snapshot. */
  readonly head: number;
  readonly position: number;
  readonly epoch: number;
} & { readonly [Term in BookTerm]: number };

/** All lanes of a consumer elsewhere together. */
export type ConsumerBook = {
  /** As that of the sample; its snapshot is its own. */
  readonly at: number;
  readonly consumer: string;
  readonly head: number;
  readonly position: number;
};

export type BookSample = {
  /** Epoch milliseconds on the target's own clock, read after the snapshot was taken. */
  readonly at: number;
  readonly rows: readonly BookRow[];
  /** Of the whole database, with its indexes and what is not cleaned up yet; left out where it is not known. */
  readonly databaseBytes?: number;
  /** Left out: nobody consumes elsewhere. */
  readonly consumers?: readonly ConsumerBook[];
};

export const readBooks = (file: string): Promise<CountedFile<BookSample>> => readCounted<BookSample>(file);
