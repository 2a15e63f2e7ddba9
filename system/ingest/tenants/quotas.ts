// Quotas of tenants: events and bytes a second in this process, and bytes that the log may hold. A refusal says when it is worth coming back, and that is true: the quota
// itself lets the next one in by then.
import type { TenantQuotas } from '../../access/access-table.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { createDebtBucket, type DebtBucket } from './debt-bucket.ts';

export type Quotas = {
  /** Why nothing of the tenant is taken just now; null: it may come. Takes nothing. */
  refusalOf(tenant: string): Refusal | null;
  /** The same for one event, which counts where it may come. */
  take(tenant: string, bytes: number): Refusal | null;
  /** Bytes more of an event that was let in, as it is kept longer than it came: whoever comes next waits for them. */
  charge(tenant: string, bytes: number): void;
};

export type QuotasOptions = {
  /** As the keys have it: a map that is another one once something changed. */
  readonly tenants: () => ReadonlyMap<string, TenantQuotas>;
  /** Bytes that the log holds of a tenant, as far as it is known. */
  readonly storedBytes: (tenant: string) => number;
  /** Milliseconds until that is looked at again. */
  readonly storedAgainMs: () => number;
  readonly nowMs: () => number;
};

export const noQuotas: Quotas = { refusalOf: () => null, take: () => null, charge: () => {} };

type Buckets = { readonly quotas: TenantQuotas; readonly events: DebtBucket | null; readonly bytes: DebtBucket | null };

export const createQuotas = ({ tenants, storedBytes, storedAgainMs, nowMs }: QuotasOptions): Quotas => {
  const kept = new Map<string, Buckets>();
  const bucketOf = (rate: number | null) => (rate === null ? null : createDebtBucket(rate, nowMs));
  const bucketsOf = (tenant: string): Buckets | null => {
    const quotas = tenants().get(tenant);
    if (quotas === undefined) return null;
    const known = kept.get(tenant);
    if (known !== undefined && isSame(known.quotas, quotas)) return known;
    const made = { quotas, events: bucketOf(quotas.eventsPerSecond), bytes: bucketOf(quotas.bytesPerSecond) };
    kept.set(tenant, made);
    return made;
  };
  const refusalFor = (tenant: string, { quotas, events, bytes }: Buckets): Refusal | null => {
    if (quotas.storageBytes !== null && storedBytes(tenant) >= quotas.storageBytes)
      return storageFull(tenant, quotas.storageBytes, storedAgainMs());
    const eventsMs = events?.waitMs() ?? 0;
    const bytesMs = bytes?.waitMs() ?? 0;
    if (eventsMs === 0 && bytesMs === 0) return null;
    return eventsMs >= bytesMs
      ? tooFast(tenant, 'events_per_second', quotas.eventsPerSecond!, Math.max(eventsMs, bytesMs))
      : tooFast(tenant, 'bytes_per_second', quotas.bytesPerSecond!, bytesMs);
  };
  return {
    refusalOf: (tenant) => {
      const buckets = bucketsOf(tenant);
      return buckets === null ? null : refusalFor(tenant, buckets);
    },
    take: (tenant, bytes) => {
      const buckets = bucketsOf(tenant);
      if (buckets === null) return null;
      const refusal = refusalFor(tenant, buckets);
      if (refusal !== null) return refusal;
      buckets.events?.take(1);
      buckets.bytes?.take(bytes);
      return null;
    },
    charge: (tenant, bytes) => bucketsOf(tenant)?.bytes?.take(bytes),
  };
};

const isSame = (one: TenantQuotas, other: TenantQuotas): boolean =>
  one.eventsPerSecond === other.eventsPerSecond && one.bytesPerSecond === other.bytesPerSecond && one.storageBytes === other.storageBytes;

/** Never too early: a whole second may be more than is needed, and is never less. */
const secondsOf = (waitMs: number): number => Math.max(1, Math.ceil(waitMs / 1000));

const tooFast = (tenant: string, quota: string, limit: number, waitMs: number): Refusal => {
  const seconds = secondsOf(waitMs);
  return {
    ...refuse(
      'quota_exceeded',
      `The quota of tenant '${tenant}' is used up (${quota}: ${limit}): nothing was stored. Come back in ${seconds} s.`,
      {
        quota,
        limit,
        retry_after_seconds: seconds,
      },
    ),
    retryAfterSeconds: seconds,
  };
};

const storageFull = (tenant: string, limit: number, waitMs: number): Refusal => {
  const seconds = secondsOf(waitMs);
  return {
    ...refuse(
      'storage_quota_exceeded',
      `The log holds as many bytes of tenant '${tenant}' as it may (${limit}): nothing was stored. It is looked at again in ${seconds} s.`,
      { quota: 'storage_bytes', limit, retry_after_seconds: seconds },
    ),
    retryAfterSeconds: seconds,
  };
};
