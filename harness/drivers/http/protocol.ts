// What the harness tells the HTTP driver's process to do; what comes back is that of every driver (progress.ts).
import type { BatchPolicy } from '../../scenario/scenario.ts';
import type { PlannedJob } from '../driver-process.ts';
import type { RetryPolicy } from './retry-policy.ts';

export type DriverJob = PlannedJob & {
  readonly type: 'job';
  /** Where POST /events is. */
  readonly url: string;
  readonly historyFile: string;
  readonly timeoutMs: number;
  /** Most connections; they are opened as they are needed. Fewer than the target can hold requests would make the driver the bound, and nothing would ever be refused. */
  readonly connections: number;
  /** Error codes of a 503 that promise that nothing was stored. Any other 5xx is of unknown outcome. */
  readonly definiteRefusals: readonly string[];
  /** The file that says how events are put to the system; null: as the contract has it. */
  readonly targetFile: string | null;
  /** Null: each operation is sent once, whatever comes of it. */
  readonly retry: RetryPolicy | null;
  /** By system of an event, the key that is sent with it, as Authorization: Bearer; null: none. */
  readonly credentials: Readonly<Record<string, string>> | null;
  /** Events in one request, to POST /events/batch; null: each has a request of its own. */
  readonly batch: BatchPolicy | null;
};
