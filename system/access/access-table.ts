// What a door knows of keys and tenants: read whole, as they are few, and replaced whole.
import type { Scope } from '../contract/access.ts';

export type KeptKey = {
  readonly keyId: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the key's text. */
  readonly hash: Buffer;
  /** Epoch milliseconds; null: never. */
  readonly expiresAtMs: number | null;
};

/** Each of them null: no quota. */
export type TenantQuotas = {
  /** Of each process. */
  readonly eventsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  readonly storageBytes: number | null;
};

export type AccessTable = {
  /** Grows with every change of a key or a tenant. */
  readonly version: number;
  /** There is a key, or was one: from then on nobody comes in without. */
  readonly hasKeys: boolean;
  /** Those that may still be used, by id. */
  readonly keys: ReadonlyMap<string, KeptKey>;
  /** By name, oldest first. */
  readonly tenants: ReadonlyMap<string, TenantQuotas>;
};

/** null: nothing changed since `version`. Rejects where the database does not answer. */
export type ReadAccessTable = (version: number | null) => Promise<AccessTable | null>;
