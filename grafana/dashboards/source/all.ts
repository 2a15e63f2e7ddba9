// The dashboards, in the order in which a reader meets them.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { ingest } from './ingest.ts';
import { pipeline } from './pipeline.ts';
import { recovery } from './recovery.ts';
import { run } from './run.ts';
import { streamAndWorkers } from './stream-and-workers.ts';

export const dashboards: readonly Dashboard[] = [pipeline, ingest, streamAndWorkers, recovery, run];
