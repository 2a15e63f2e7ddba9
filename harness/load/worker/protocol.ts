// What the load command and its worker processes say to each other: JSON lines. A worker takes one job after the other, until its input ends: then its harness is gone.
import type { ArrivalKind } from '../plan/arrival-times.ts';
import type { Share } from '../plan/share.ts';
import type { Stage } from '../plan/stage.ts';
import type { RetryPolicy } from '../../drivers/http/retry-policy.ts';
import type { RequestSource } from '../request/request-source.ts';

export type LoadJob = {
  readonly type: 'job';
  readonly stages: readonly Stage[];
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  readonly share: Share;
  readonly request: RequestSource;
  readonly firstNumber: number;
  /** Statuses that are no error, both ends included. */
  readonly okStatuses: readonly (readonly [from: number, to: number])[];
  readonly timeoutMs: number;
  /** Most connections of this worker. */
  readonly connections: number;
  readonly retry: RetryPolicy | null;
  /** Length of the slices in which everything is counted over time. */
  readonly sliceMs: number;
};

/** `zeroAt`: epoch milliseconds of the run's zero, a little ahead. */
export type Go = { readonly type: 'go'; readonly zeroAt: number };

export type Counts = {
  /** Handed over: as many as were due. */
  readonly sent: number;
  readonly ok: number;
  /** By what they ended with: `status_503`, `client_timeout` … */
  readonly errors: Readonly<Record<string, number>>;
  /** Handed over more than 10 ms after their time. */
  readonly late: number;
  /** Found no free connection when they were handed over. */
  readonly blocked: number;
  /** Attempts beyond the first. */
  readonly retries: number;
};

export type StageRecord = Counts & {
  /** Answers that are no error and came in the time of this stage, whichever stage their requests are of. */
  readonly answered: number;
  /** When the last answer to a request of this stage came that is no error, in milliseconds of the run; 0: none did. */
  readonly lastOkMs: number;
  /** When the first did; null: none. */
  readonly firstOkMs: number | null;
  /** Milliseconds from the intended time: of answers that are no error, and of what was given up, with the time waited. HdrHistogram, as are the next two. */
  readonly latency: string;
  /** The same requests, from the moment at which they were handed over. */
  readonly fromSend: string;
  /** Schedule delay: from the intended time to the hand-over. */
  readonly delay: string;
};

export type SliceRecord = Omit<Counts, 'errors'> & {
  readonly stage: number;
  /** Slices since the run's zero, by intended time. */
  readonly slice: number;
  readonly failed: number;
  /** Null where nothing is in it. */
  readonly latency: string | null;
  readonly delayMaxMs: number;
};

/** The worker's own load, sampled once a slice. Utilisation of its event loop and of one core (1 = all of it). */
export type WorkerSample = {
  readonly slice: number;
  readonly eventLoop: number;
  readonly cpu: number;
  readonly inFlight: number;
  readonly waiting: number;
};

export type LoadProgress = {
  readonly type: 'progress';
  readonly atMs: number;
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly late: number;
  readonly inFlight: number;
  /** Of what ended since the last message; null: nothing did. */
  readonly p99Ms: number | null;
};

export type LoadDone = {
  readonly type: 'done';
  readonly stages: readonly StageRecord[];
  readonly slices: readonly SliceRecord[];
  readonly samples: readonly WorkerSample[];
  /** CPU that the worker used from the run's zero until the last request was handed over. */
  readonly cpuSeconds: number;
};

export type FromWorker =
  | { readonly type: 'ready'; readonly requests: number }
  | LoadProgress
  | LoadDone
  | { readonly type: 'failed'; readonly message: string };
