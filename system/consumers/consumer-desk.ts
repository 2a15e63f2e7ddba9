// What the consumer API writes, by interface: consumers of a tenant, which instance has which lane, and checkpoints under an epoch.

export type ConsumerId = { readonly tenant: string; readonly consumer: string };

/** Where a new consumer begins: at the low-water mark, or behind what is there. */
export type ConsumerStart = 'earliest' | 'latest';

export type ConsumerLane = {
  readonly lane: number;
  /** The checkpoint: the highest position that it is done with. */
  readonly position: number;
  readonly epoch: number;
  /** By the database's clock. */
  readonly expires_at: string;
  /** Over its share: not renewed any more, and another's once it is given back or runs out. */
  readonly ending: boolean;
};

export type Membership = { readonly instances: number; readonly lanes: readonly ConsumerLane[] };

export type Checkpoint = { readonly lane: number; readonly epoch: number; readonly from: number; readonly to: number };

/**
 * moved; already_there: an earlier attempt of this very checkpoint; behind: the lane stands elsewhere than `from`; fenced: the lane was taken since;
 * beyond_head: there is no such position; unknown_lane.
 */
export type CheckpointOutcome = 'moved' | 'already_there' | 'behind' | 'fenced' | 'beyond_head' | 'unknown_lane';

export type CheckpointResult = {
  readonly lane: number;
  readonly outcome: CheckpointOutcome;
  /** As they stand now; null of an unknown lane. */
  readonly position: number | null;
  readonly epoch: number | null;
};

/** Each call is one transaction, durable when it resolves. Rejects with what the driver threw. `keyId`: the API key with which it was asked for, for the audit. */
export type ConsumerDesk = {
  /** A consumer that is there stays as it is. */
  create(id: ConsumerId, start: ConsumerStart, keyId: string | null): Promise<'created' | 'there' | 'too_many'>;
  /** With its checkpoints, which stay in the audit. false: there was none. */
  remove(id: ConsumerId, keyId: string | null): Promise<boolean>;
  /** Joins, or renews: gives back what is to be released, takes or keeps a fair share of the lanes. null: no such consumer. */
  join(id: ConsumerId, instance: string, leaseMs: number, release: readonly number[]): Promise<Membership | 'too_many' | null>;
  /** Gives all of its lanes back. false: it was not there. */
  leave(id: ConsumerId, instance: string): Promise<boolean>;
  /** Each lane by itself, in the order of asking; null: no such consumer. */
  checkpoint(id: ConsumerId, checkpoints: readonly Checkpoint[]): Promise<readonly CheckpointResult[] | null>;
};

export const mostConsumers = 100;
export const mostInstances = 64;
