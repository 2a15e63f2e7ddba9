// load.json: what a load run measured and what was concluded from it. Everything that the screen and the report say comes from here.
import type { ArrivalKind } from './plan/arrival-times.ts';
import type { Stage } from './plan/stage.ts';
import type { Comparison } from './slo/slo.ts';
import type { Knee } from '../drivers/autocannon/find-knee.ts';
import type { CapacityResult } from './capacity/capacity-result.ts';
import type { CompareResult } from './compare/compare-result.ts';

export type LoadVerdict = 'pass' | 'fail' | 'inconclusive';

export type Latency = {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
  readonly mean: number | null;
};

export type PhaseResult = {
  readonly name: string;
  readonly kind: Stage['kind'];
  readonly seconds: number;
  readonly plannedPerSecond: number;
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Answers that are no error, a second: of the phase's own time, or of the time until its last answer where that says more; what was never due is not in it. */
  readonly throughput: number;
  readonly errorShare: number;
  readonly retries: number;
  /** From the intended time, in milliseconds: answers that are no error, and what was given up, with the time waited. */
  readonly latencyMs: Latency;
  /** The same requests from the moment at which they were handed over: without the generator's own delay. */
  readonly fromSendMs: Latency;
  /** Intended time to hand-over: the generator's own lateness. */
  readonly scheduleDelayMs: Latency;
  /** Share of arrivals that were handed over more than 10 ms late, and that found no free connection. */
  readonly lateRatio: number;
  readonly blockedRatio: number;
  /** HdrHistogram (V2, compressed, base64) of latencyMs, in microseconds. */
  readonly histogram: string;
};

export type SliceResult = {
  /** Seconds since the run's zero, its begin. */
  readonly at: number;
  readonly phase: string;
  readonly seconds: number;
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly late: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly delayMaxMs: number;
};

/** How busy generator and machine were; shares of one core, and of all cores. */
export type SaturationSample = {
  readonly at: number;
  readonly eventLoop: number;
  readonly generatorCpu: number;
  readonly machineCpu: number | null;
  readonly inFlight: number;
  readonly waiting: number;
};

export type GateResult = {
  readonly slo: string;
  readonly phase: string;
  readonly outcome: 'holds' | 'missed' | 'unproven';
  readonly measured: number | null;
  readonly comparison: Comparison;
  readonly bound: number;
  readonly unit: string;
  /** Where it is not plainly so: why. */
  readonly because: string | null;
};

export type Measured = {
  readonly phases: readonly PhaseResult[];
  readonly slices: readonly SliceResult[];
  readonly saturation: readonly SaturationSample[];
  readonly generatorCpuSeconds: number;
};

export type LoadResult = {
  readonly format: 1;
  readonly kind: 'load';
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly cpus: number; readonly model: string };
  readonly driver: 'http' | 'k6' | 'autocannon';
  readonly target: string;
  /** Names of headers alone: their values may be secrets. */
  readonly request: {
    readonly method: string;
    readonly headers: readonly string[];
    readonly bodyBytes: number;
    readonly batchItems: number | null;
  };
  readonly seed: number;
  readonly arrivals: ArrivalKind;
  readonly processes: number;
  readonly plan: readonly Stage[];
  readonly measured: Measured;
  readonly gates: readonly GateResult[];
  /** Reasons for which nothing green can be said. */
  readonly doubts: readonly string[];
  readonly capacity: CapacityResult | null;
  /** Of closed-loop saturation alone. */
  readonly knee: Knee | null;
  readonly compared: CompareResult | null;
  readonly verdict: LoadVerdict;
};
