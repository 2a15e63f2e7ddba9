// One line of final-state.ndjson: what the target holds after everything drained, read back by SQL that any user could write. Times are epoch milliseconds.

import type { DatagramCounts } from '../network/datagram-counts.ts';

/** A kept event of a target without lanes and positions: judged like a row of the log, by all checks that need no more than what is here. */
export type StoredRow = {
  readonly kind: 'stored';
  /** The id that was answered. */
  readonly id: number;
  readonly systemName: string;
  readonly objectId: string;
  readonly eventName: string;
  /** The client's own id: by it a row is known to be the event that was sent. */
  readonly idempotencyKey: string | null;
  readonly sequence: number | null;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
};

export type FinalRow =
  | StoredRow
  | {
      readonly kind: 'log';
      readonly lane: number;
      readonly position: number;
      readonly id: number;
      /** Whose it is. Missing where the target says nothing of tenants, and in folders that were written before it was read back. */
      readonly tenant?: string;
      readonly systemName: string;
      readonly objectId: string;
      /** Missing in folders that were written before read models were computed again from the log; so is `minute`, of event_time. */
      readonly eventName?: string;
      readonly minute?: number;
      readonly idempotencyKey: string | null;
      readonly sequence: number | null;
      readonly bodySha256: string;
      readonly receivedAt: number;
      readonly appendedAt: number;
    }
  | {
      readonly kind: 'event';
      readonly id: number;
      readonly tenant?: string;
      readonly systemName: string;
      readonly objectId: string;
      readonly eventName: string;
      readonly idempotencyKey: string | null;
      readonly sequence: number | null;
      readonly lane: number;
      readonly position: number;
      readonly bodySha256: string;
      readonly receivedAt: number;
      readonly appliedAt: number;
    }
  | {
      readonly kind: 'timeline-entry';
      readonly tenant?: string;
      readonly systemName: string;
      readonly objectId: string;
      readonly entry: number;
      readonly eventId: number;
      readonly eventName: string;
      readonly sequence: number | null;
      readonly lane: number;
      readonly position: number;
      readonly appliedAt: number;
    }
  /** An entry that a processor of a team's own made, in its own table. */
  | {
      readonly kind: 'own-effect';
      readonly processor: string;
      readonly version: number;
      readonly lane: number;
      readonly position: number;
      readonly eventId: number;
      readonly systemName: string;
      readonly objectId: string;
      /** In the order in which they were made. */
      readonly entry: number;
      readonly appliedAt: number;
    }
  | {
      readonly kind: 'count';
      readonly lane: number;
      readonly systemName: string;
      readonly eventName: string;
      readonly minute: number;
      readonly count: number;
    }
  | { readonly kind: 'lane'; readonly lane: number; readonly head: number; readonly duplicates: number; readonly conflicts: number }
  | {
      readonly kind: 'checkpoint';
      readonly processor: string;
      readonly version: number;
      readonly lane: number;
      readonly position: number;
      readonly epoch: number;
      readonly applied: number;
      readonly ignored: number;
      readonly parked: number;
      readonly pending: number;
      readonly discarded: number;
      readonly skipped: number;
      readonly shed: number;
      /** False: a version that nobody reads, whose rows are not read back. Left out: read. */
      readonly isRead?: boolean;
    }
  /** A row of the log whose object was erased: its place, its key and its id are all that is left of the event. */
  | {
      readonly kind: 'erased';
      readonly lane: number;
      readonly position: number;
      readonly id: number;
      readonly systemName: string;
      readonly objectId: string;
    }
  /** A copy that still holds something of an event whose row in the log was erased, in a version of a processor that is read or in any other. */
  | {
      readonly kind: 'remnant';
      /** The table that it is in. */
      readonly place: string;
      readonly processor: string;
      readonly version: number;
      readonly lane: number;
      readonly position: number;
      readonly id: number;
      readonly systemName: string;
      readonly objectId: string;
    }
  /** What the harness counts again itself, per processor and lane, from the tables and not from the books. */
  | {
      readonly kind: 'recount';
      readonly processor: string;
      readonly version: number;
      readonly lane: number;
      readonly effects: number;
      readonly parked: number;
      readonly pending: number;
    }
  | {
      readonly kind: 'parked';
      readonly processor: string;
      readonly lane: number;
      readonly position: number;
      readonly id: number;
      readonly tenant?: string;
      readonly systemName: string;
      readonly objectId: string;
      readonly idempotencyKey: string | null;
      readonly sequence: number | null;
      readonly state: 'retrying' | 'parked';
      readonly reasonCode: string | null;
      readonly reasonMessage: string | null;
      readonly attempts: number;
      readonly parkedAt: number;
    }
  | {
      readonly kind: 'pending';
      readonly processor: string;
      readonly lane: number;
      readonly position: number;
      readonly id: number;
      readonly systemName: string;
      readonly objectId: string;
      readonly sequence: number;
    }
  /** What the target counted of a sender's datagrams; both names are empty for datagrams without a number. */
  | {
      readonly kind: 'datagram-sender';
      readonly source: string;
      readonly boot: string;
      readonly highest: number;
      readonly received: number;
      readonly undecided: number;
      readonly repeated: number;
      readonly appended: number;
      readonly duplicates: number;
      readonly refused: number;
      /** By its last high-water mark; 0: none came. */
      readonly markedDatagrams: number;
      readonly markedEvents: number;
    }
  /** What one of its processes counted of all datagrams; kernelDropped null: it can't know. */
  | {
      readonly kind: 'datagram-door';
      readonly door: string;
      readonly received: number;
      readonly unread: number;
      readonly dropped: number;
      readonly inDoubt: number;
      readonly kernelDropped: number | null;
      readonly closed: boolean;
    }
  /** Where a consumer elsewhere stands in a lane, by the target's own table. */
  | {
      readonly kind: 'consumer-lane';
      readonly consumer: string;
      readonly lane: number;
      readonly position: number;
      readonly epoch: number;
      readonly head: number;
    }
  /** What the harness's own proxy did before that door. */
  | ({ readonly kind: 'datagram-link' } & Readonly<DatagramCounts>)
  | {
      readonly kind: 'lease-event';
      readonly at: number;
      readonly event: string;
      readonly processor: string;
      readonly version: number;
      readonly lane: number;
      readonly epoch: number;
      readonly owner: string;
      readonly otherOwner: string | null;
      readonly otherEpoch: number | null;
      readonly detail: string | null;
    };
/** Last line. Without it the read-back is truncated and the run inconclusive. */
export type FinalTrailer = { readonly kind: 'end'; readonly rows: number };
