// One line of consumed.ndjson: what one instance of a consumer elsewhere was told, was given, did and asked for, by its own record. Part of the history: never corrected.
import type { ConsumerDoor } from '../scenario/consumers.ts';
import { type CountedFile, readCounted } from './counted-file.ts';

export type LaneLease = { readonly lane: number; readonly epoch: number; readonly position: number; readonly ending: boolean };
export type AskedCheckpoint = { readonly lane: number; readonly epoch: number; readonly from: number; readonly to: number };
export type CheckpointAnswer = {
  readonly lane: number;
  readonly outcome: string;
  readonly position: number | null;
  readonly epoch: number | null;
};

/** What happened; a new word is a new kind. */
export type Consumed =
  | { readonly kind: 'began'; readonly index: number; readonly door: ConsumerDoor; readonly leaseMs: number }
  /** The lanes that are its own by an answer; `askedAt` is when it asked, so the leases run from then at the earliest. */
  | { readonly kind: 'leased'; readonly askedAt: number; readonly lanes: readonly LaneLease[] }
  /** `epoch` null: it knew of no lease of this lane. */
  | {
      readonly kind: 'given';
      readonly lane: number;
      readonly epoch: number | null;
      readonly position: number;
      readonly id: number;
      readonly systemName: string;
      readonly objectId: string;
    }
  /** The work on what it was given is done. */
  | { readonly kind: 'done'; readonly lane: number; readonly epoch: number | null; readonly position: number }
  /** Asked for; written before it is sent. */
  | { readonly kind: 'checkpoint'; readonly n: number; readonly lanes: readonly AskedCheckpoint[] }
  /** null: no answer came, or none that says what became of it. `wasRefused`: there was no connection, so nobody heard it. */
  | { readonly kind: 'answered'; readonly n: number; readonly results: readonly CheckpointAnswer[] | null; readonly wasRefused?: true }
  /** It ended in order. */
  | { readonly kind: 'ended' };

/** `by`: the instance, another with each start of a process. `at`: epoch milliseconds. */
export type ConsumedLine = Consumed & { readonly by: string; readonly at: number };

export const readConsumed = (file: string): Promise<CountedFile<ConsumedLine>> => readCounted<ConsumedLine>(file);
