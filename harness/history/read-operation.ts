// One line of reads.ndjson: one read that a client made while the traffic went on, and what it was shown. Part of the history: never corrected.
import { type CountedFile, readCounted } from './counted-file.ts';

/** timeline: the entries of one key in the order of application. events: the rows of one key, newest first. */
export const readKinds = ['timeline', 'events'] as const;
export type ReadKind = (typeof readKinds)[number];

export type ReadQuestion = { readonly kind: ReadKind; readonly systemName: string; readonly objectId: string };

/** `whole`: nothing of the key was left out, so that what is missing was not there. `total`: how many there are, where the target says so. */
export type ReadAnswer = {
  readonly status: number;
  readonly ids: readonly number[];
  readonly total: number | null;
  readonly whole: boolean;
};

export type ReadOperation = ReadQuestion & {
  /** Place in the plan of reads, from 0. */
  readonly read: number;
  /** Milliseconds since the run's zero. */
  readonly intendedAt: number;
  readonly handedAt: number;
  readonly doneAt: number;
  /** failed: no answer, or one that is no 2xx and no "there is nothing". */
  readonly outcome: 'ok' | 'failed';
  readonly code: string | null;
} & Omit<ReadAnswer, 'status'> & { readonly status: number | null };

export const readReads = (file: string): Promise<CountedFile<ReadOperation>> => readCounted<ReadOperation>(file);
