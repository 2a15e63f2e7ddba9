// Settings of keys and tenants.
import type { Setting } from './setting.ts';

export const accessSettings = {
  apiKeys: {
    name: 'FAULTLINE_API_KEYS',
    kind: 'text',
    fallback: 'from-the-first',
    choices: ['from-the-first', 'required'],
    readers: ['ingest', 'worker', 'query', 'start'],
    meaning:
      'Whether requests need an API key. from-the-first: once the database has one; until then every request is of tenant `default` and may do all, which is why only loopback is listened on. required: always.',
  },
  keyLifeSeconds: {
    name: 'FAULTLINE_KEY_LIFE_SECONDS',
    kind: 'number',
    fallback: '10',
    minimum: 1,
    maximum: 300,
    readers: ['ingest', 'query'],
    meaning:
      'How long keys are believed without the database. They are read again five times in it, so a revoked key works for a fifth of it at most, and for all of it in a process that can not reach the database; past it: 503.',
  },
  tenantLabels: {
    name: 'FAULTLINE_TENANT_LABELS',
    kind: 'integer',
    fallback: '20',
    minimum: 0,
    maximum: 1000,
    readers: ['ingest', 'query'],
    meaning: 'Tenants that have a label of their own in metrics: those that were made first. All others are `_others` together.',
  },
  apiKey: {
    name: 'FAULTLINE_API_KEY',
    kind: 'text',
    fallback: null,
    readers: ['ops'],
    meaning: 'The API key with which `npm run ops` speaks to the query process. Never printed.',
  },
} as const satisfies Record<string, Setting>;
