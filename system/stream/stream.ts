// What the rest of the system may know of the stream: append with dedupe, read by position. No driver's detail.
import type { DatagramNote } from './datagrams.ts';
import type { SchemaVerdict } from '../contract/schemas.ts';

/** Order and ownership: (tenant, system_name, object_id). */
export type Key = { readonly tenant: string; readonly systemName: string; readonly objectId: string };

/** What the door found of an event by the registry of schemas, where it found something. */
export type SchemaFinding = {
  /** The version that it is of, as far as that is known. */
  readonly version: number | null;
  /** null: nothing is wrong with it. */
  readonly verdict: SchemaVerdict | null;
  /** It is no processor's to handle, but a dead letter, by this revision of the registry. */
  readonly parkedAt: number | null;
};

/** One admitted event on its way into the stream. Identity and id are fixed here and survive every retry of ours. */
export type AppendRequest = Key & {
  readonly id: number;
  /** 128-bit identity as a UUID string; see migrations, table identities. */
  readonly identity: string;
  /** Canonical hash of the contract's fields: the same identity with another hash is a conflict. */
  readonly bodyHash: Uint8Array;
  readonly eventName: string;
  readonly idempotencyKey: string | null;
  readonly sequence: number | null;
  /** RFC 3339 text that PostgreSQL's timestamptz accepts. */
  readonly eventTime: string;
  readonly eventTimeSource: 'client' | 'receipt';
  readonly receivedAt: string;
  /** The raw JSON text of the event. */
  readonly body: string;
  readonly traceparent: string | null;
  /** Only where it came in a datagram: booked in the transaction of its batch. */
  readonly datagram?: DatagramNote;
  /** Absent: nothing was found of it. */
  readonly schema?: SchemaFinding;
};

export type AppendResult =
  | { readonly kind: 'appended'; readonly id: number; readonly lane: number; readonly position: number }
  | { readonly kind: 'duplicate'; readonly id: number }
  | { readonly kind: 'conflict'; readonly id: number };

/** One event as it stands in the log. */
export type LogEvent = Key & {
  readonly lane: number;
  readonly position: number;
  readonly id: number;
  readonly eventName: string;
  readonly idempotencyKey: string | null;
  readonly sequence: number | null;
  readonly eventTime: Date;
  readonly eventTimeSource: 'client' | 'receipt';
  readonly receivedAt: Date;
  readonly body: string;
  readonly traceparent: string | null;
  readonly schema?: SchemaFinding;
};

export type StreamWriter = {
  /**
   * Appends a batch durably: resolves only after the commit, with one result a request, in order. Two requests of one batch with the
   * same identity: the first is appended, the second is its duplicate or conflict.
   * Rejects with a StreamError whose `outcome` says whether anything may have been stored; calling again with the same requests is safe.
   */
  append(requests: readonly AppendRequest[], signal?: AbortSignal): Promise<readonly AppendResult[]>;
  /** Takes a block of event ids: [first, first + count). Rejects in bounded time, also where the store does not answer at all. */
  takeIds(): Promise<{ readonly first: number; readonly count: number }>;
};

export type StreamReader = {
  /** Events of a lane after a position, in order, at most `limit` events and about `maxBytes` bytes of body. */
  read(lane: number, afterPosition: number, limit: number, maxBytes: number): Promise<readonly LogEvent[]>;
  /** The heads of all lanes: lane -> highest position. */
  heads(): Promise<ReadonlyMap<number, number>>;
};
