// What the doors count of tenants and keys. Tenants are labels up to FAULTLINE_TENANT_LABELS; the rest is `_others`.
import { signal, type Signal } from './signal.ts';

export const tenantSignals = {
  tenantStored: signal(
    'faultline.tenant.stored',
    'By',
    'gauge',
    'observed',
    'faultline_tenant_stored_bytes',
    ['faultline.tenant'],
    'Bytes of events that the log holds of a tenant, as each ingest process knows it: added up every five seconds.',
  ),
  tenantStorageLimit: signal(
    'faultline.tenant.storage.limit',
    'By',
    'gauge',
    'observed',
    'faultline_tenant_storage_limit_bytes',
    ['faultline.tenant'],
    'The quota of that; absent where there is none.',
  ),
  keysRefused: signal(
    'faultline.access.refused',
    '{request}',
    'counter',
    'observed',
    'faultline_access_refused_total',
    ['error.code'],
    'Requests that a door refused for their key: none or an unknown one, one without the scope, or nobody could tell.',
  ),
  keysAge: signal(
    'faultline.access.keys.age',
    's',
    'gauge',
    'observed',
    'faultline_access_keys_age_seconds',
    [],
    'Seconds since the door last read its keys: past FAULTLINE_KEY_LIFE_SECONDS it refuses all of them.',
  ),
} as const satisfies Record<string, Signal>;
