// What a worker hands to its handler threads.
import type { RetryPolicy } from '../workers/settlement.ts';

export type HandlerThreadSettings = {
  readonly databaseUrl: string;
  readonly leaseMs: number;
  /** The worker's service.instance.id. */
  readonly worker: string;
  /** application_name, to which the thread's own name is added. */
  readonly connectionName: string;
  /** Absolute path of the module with user code; null: the built-in one. */
  readonly timelineHandler: string | null;
  readonly policy: RetryPolicy;
  readonly maxBytes: number;
  readonly schemaCacheMs: number;
  readonly keyTurnMs: number;
};
