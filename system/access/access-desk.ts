// What an administrator does about keys and tenants. Each is one transaction with its line of the audit. Who may: whoever has the database.
import type { Scope } from '../contract/access.ts';

/** Who asks and why, for the audit. */
export type Asked = { readonly by: string; readonly why: string };

export type NewKey = {
  readonly keyId: string;
  /** SHA-256 of the key's text. */
  readonly hash: Buffer;
};

export type ListedKey = {
  readonly key_id: string;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly state: 'active' | 'expired' | 'revoked';
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly replaces: string | null;
};

/** null: no quota. */
export type Quotas = {
  readonly events_per_second: number | null;
  readonly bytes_per_second: number | null;
  readonly storage_bytes: number | null;
};

export type ListedTenant = Quotas & {
  readonly tenant: string;
  readonly created_at: string;
  readonly keys: number;
  /** Of days that the log still holds. */
  readonly stored_events: number;
  readonly stored_bytes: number;
};

export type AuditEntry = {
  readonly entry: number;
  readonly at: string;
  readonly action: string;
  readonly tenant: string;
  readonly key_id: string | null;
  readonly by_whom: string;
  readonly why: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

export type KeyRequest = {
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Seconds from now; null: it does not expire. */
  readonly expiresInSeconds: number | null;
  /** Makes the tenant where there is none. Without: an unknown one is refused, as it may be a misspelling. */
  readonly isNewTenant: boolean;
};

export type AccessDesk = {
  /** `unknown_tenant`: with those that there are. */
  createKey(key: NewKey, request: KeyRequest, asked: Asked): Promise<ListedKey | { readonly unknown_tenant: readonly string[] }>;
  /** The same tenant, scopes, name and length of life; the old key works until the overlap is over, and no longer than it would have. null: no active key of this id. */
  rotateKey(
    keyId: string,
    key: NewKey,
    overlapSeconds: number,
    asked: Asked,
  ): Promise<{ readonly old: ListedKey; readonly made: ListedKey } | null>;
  /** null: no such key. One that was revoked before stays as it is. */
  revokeKey(keyId: string, asked: Asked): Promise<ListedKey | null>;
  /** Oldest first; `all`: also those that work no more. */
  listKeys(filter: { readonly tenant: string | null; readonly all: boolean }): Promise<readonly ListedKey[]>;
  listTenants(): Promise<readonly ListedTenant[]>;
  /** What is left out stays. false: no such tenant. */
  setQuotas(tenant: string, quotas: Partial<Quotas>, asked: Asked): Promise<boolean>;
  /** Newest first. */
  readAudit(limit: number): Promise<readonly AuditEntry[]>;
};
