// Faults of the database, as a scenario says them. None but `restart` and `disk-full` need more than SQL.
import type { FaultMoment } from '../fault-moment.ts';

export type DatabaseEffect =
  /** Stopped (`fast`: clients are cut off in order; `immediate`: as in a crash, recovered from its log), and started again after `seconds`. */
  | { readonly effect: 'restart'; readonly how: 'fast' | 'immediate' }
  /** The read model of processor timelines is locked: its writers wait. */
  | { readonly effect: 'lock' }
  /** All connections that the server still has to give are taken. */
  | { readonly effect: 'connections' }
  /** The disk of the tables is full; it is a small one of its own, never the machine's. The log of transactions lies elsewhere. Needs Linux and root. */
  | { readonly effect: 'disk-full' }
  /** Every transaction that begins is read-only. */
  | { readonly effect: 'read-only' }
  /** A transaction that has written stays open and does nothing. `elsewhere`: in another database of the same server. */
  | { readonly effect: 'idle-transaction'; readonly elsewhere?: true }
  /** A snapshot is held: what dies after it can't be cleaned up. */
  | { readonly effect: 'long-snapshot' };

export type DatabaseFault = {
  readonly kind: 'database';
  readonly name: string;
  readonly at: FaultMoment;
  readonly seconds: number;
} & DatabaseEffect;
