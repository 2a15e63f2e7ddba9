// What every driver's process says of its work, as JSON lines over stdout, and what it is told over stdin after its job. When stdin ends the harness is gone and the driver ends at once.

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
  /** What the target's own code threw at the first answer that it could not read; left out: nothing. */
  readonly unreadable?: string;
};

export type DriverSummary = Omit<DriverProgress, 'type'> & { readonly type: 'done'; readonly operations: number };

/** `Summary`: what this driver says at its end. */
export type FromDriver<Summary extends DriverSummary = DriverSummary> =
  | { readonly type: 'ready'; readonly operations: number }
  | DriverProgress
  | Summary
  | { readonly type: 'failed'; readonly message: string };
