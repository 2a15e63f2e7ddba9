// What the harness and the driver's process say to each other: JSON lines over stdin and stdout. When stdin ends the harness is gone and the driver ends at once.
import type { TrafficSource } from '../../traffic/plan-events.ts';
import type { RetryPolicy } from './retry-policy.ts';

export type DriverJob = {
  readonly type: 'job';
  readonly source: TrafficSource;
  readonly seed: number;
  /** The digest that the harness planned; another one here means that the two would not judge the same traffic. */
  readonly digest: string;
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
  /** Every n-th operation of the plan, where several processes share it. */
  readonly share: { readonly index: number; readonly of: number };
  /** Null: each operation is sent once, whatever comes of it. */
  readonly retry: RetryPolicy | null;
};

/** `zeroAt`: epoch milliseconds of the run's zero, a little ahead. */
export type Go = { readonly type: 'go'; readonly zeroAt: number };

export type PhaseProgress = {
  readonly phase: string;
  readonly done: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  /** Of what was acknowledged, in milliseconds from the intended time; null before the first. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number } | null;
};

export type DriverProgress = {
  readonly type: 'progress';
  /** Milliseconds since the run's zero. */
  readonly atMs: number;
  readonly sent: number;
  readonly done: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly inFlight: number;
  readonly latenessMaxMs: number;
  readonly phases: readonly PhaseProgress[];
  /** Of what was acknowledged in all phases, from the intended time: a count for each bound, and one above the last. */
  readonly latency: { readonly boundsSeconds: readonly number[]; readonly counts: readonly number[]; readonly sumSeconds: number };
};

export type DriverSummary = Omit<DriverProgress, 'type'> & { readonly type: 'done'; readonly operations: number };

export type FromDriver =
  | { readonly type: 'ready'; readonly operations: number }
  | DriverProgress
  | DriverSummary
  | { readonly type: 'failed'; readonly message: string };
