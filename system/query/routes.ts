// The table of routes: what is served, and what OpenAPI says is served.
import { withExport } from './export/listing.ts';
import type { Route } from './route.ts';
import { consumerAudit } from './routes/consumer-audit.ts';
import { consumer, consumers } from './routes/consumers.ts';
import { counts } from './routes/counts.ts';
import { deadLetters } from './routes/dead-letters.ts';
import { erasure, erasures } from './routes/erasures.ts';
import { eventById } from './routes/event-by-id.ts';
import { events } from './routes/events.ts';
import { importByName, importRefused, imports } from './routes/imports.ts';
import { parkedEvent } from './routes/parked-event.ts';
import { parkedKey } from './routes/parked-key.ts';
import { parkedKeys } from './routes/parked-keys.ts';
import { rebuild } from './routes/rebuild.ts';
import { rebuildComparison } from './routes/rebuild-comparison.ts';
import { recoveryAudit } from './routes/recovery-audit.ts';
import { recoveryJob } from './routes/recovery-job.ts';
import { schemaAudit, schemaPolicies } from './routes/schema-policies.ts';
import { schemaByVersion, schemas } from './routes/schemas.ts';
import { status } from './routes/status.ts';
import { timeline } from './routes/timeline.ts';

const listed: readonly Route[] = [
  eventById,
  events,
  timeline,
  counts,
  deadLetters,
  parkedEvent,
  parkedKeys,
  parkedKey,
  recoveryJob,
  recoveryAudit,
  schemas,
  schemaByVersion,
  schemaPolicies,
  schemaAudit,
  imports,
  importByName,
  importRefused,
  rebuild,
  rebuildComparison,
  erasures,
  erasure,
  consumers,
  consumer,
  consumerAudit,
  status,
];

export const routes: readonly Route[] = listed.map(withExport);
