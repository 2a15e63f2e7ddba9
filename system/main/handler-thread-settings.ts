// What a worker hands to its handler threads.
import type { TimelineCode } from './timeline-handlers.ts';
import type { RetryPolicy } from '../workers/settlement.ts';

export type HandlerThreadSettings = {
  readonly databaseUrl: string;
  readonly leaseMs: number;
  /** The worker's service.instance.id. */
  readonly worker: string;
  /** application_name, to which the thread's own name is added. */
  readonly connectionName: string;
  /** The modules with user code, by the version that each was written for. */
  readonly timelineHandlers: readonly TimelineCode[];
  readonly policy: RetryPolicy;
  readonly maxBytes: number;
  readonly schemaCacheMs: number;
  readonly keyTurnMs: number;
};
