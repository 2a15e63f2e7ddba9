// For tests of doors: keys without a database, and none at all.
import type { Scope } from '../contract/access.ts';
import { type AccessKeys, createAccessKeys, openAccess } from './access-keys.ts';
import type { KeptKey, TenantQuotas } from './access-table.ts';
import { hashKey, makeApiKey } from './api-key.ts';

/** Nobody needs a key. */
export const noKeys: Pick<AccessKeys, 'demand' | 'known' | 'areFresh' | 'areNeeded'> = {
  demand: () => openAccess,
  known: () => openAccess,
  areFresh: () => true,
  areNeeded: () => false,
};

export type TestKey = { readonly text: string; readonly kept: KeptKey };

export const makeTestKey = (tenant: string, scopes: readonly Scope[], change: Partial<KeptKey> = {}): TestKey => {
  const { keyId, text } = makeApiKey();
  return { text, kept: { keyId, tenant, scopes, hash: hashKey(text), expiresAtMs: null, ...change } };
};

const noQuota: TenantQuotas = { eventsPerSecond: null, bytesPerSecond: null, storageBytes: null };

export const tenantsOf = (keys: readonly TestKey[]): ReadonlyMap<string, TenantQuotas> =>
  new Map(keys.map(({ kept }) => [kept.tenant, noQuota]));

/** These keys, and no others. */
export const keysOf = (...keys: readonly TestKey[]): Promise<AccessKeys> =>
  createAccessKeys({
    read: (version) =>
      Promise.resolve(
        version === null
          ? { version: 1, hasKeys: true, keys: new Map(keys.map(({ kept }) => [kept.keyId, kept])), tenants: tenantsOf(keys) }
          : null,
      ),
    areRequired: true,
    lifeMs: 1e9,
    nowMs: () => performance.now(),
    dateMs: () => Date.now(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, Math.min(delayMs, 1e8)).unref();
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
    onFailure: () => {},
  });
