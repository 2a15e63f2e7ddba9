// Settings of the registry of schemas.
import type { Setting } from './setting.ts';

export const schemaSettings = {
  schemaCacheMs: {
    name: 'FAULTLINE_SCHEMA_CACHE_MS',
    kind: 'integer',
    fallback: '1000',
    minimum: 50,
    maximum: 60000,
    readers: ['ingest', 'worker'],
    meaning: 'How long a copy of the registry of schemas is taken to be current. While the database is away it is kept.',
  },
} as const satisfies Record<string, Setting>;
