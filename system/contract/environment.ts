// Every environment variable that the system reads, with its unit, default and bounds. Parsed once, at each process's edge (main/).
// A trade-off is named here; what is not safe does not start.
import { accessSettings } from './settings/access-settings.ts';
import { importSettings } from './settings/import-settings.ts';
import { consumerSettings } from './settings/consumer-settings.ts';
import { ingestSettings } from './settings/ingest-settings.ts';
import { postgresSettings } from './settings/postgres-settings.ts';
import { processSettings } from './settings/process-settings.ts';
import { schemaSettings } from './settings/schema-settings.ts';
import { streamSettings } from './settings/stream-settings.ts';
import { rebuildSettings } from './settings/rebuild-settings.ts';
import { udpSettings } from './settings/udp-settings.ts';
import { workerSettings } from './settings/worker-settings.ts';
import type { Setting } from './settings/setting.ts';

export type { Setting } from './settings/setting.ts';

export const settings = {
  ...processSettings,
  ...accessSettings,
  ...ingestSettings,
  ...importSettings,
  ...udpSettings,
  ...streamSettings,
  ...workerSettings,
  ...schemaSettings,
  ...rebuildSettings,
  ...postgresSettings,
  ...consumerSettings,
} as const satisfies Record<string, Setting>;
