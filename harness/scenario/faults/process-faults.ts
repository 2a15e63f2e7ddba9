// Faults of one process of the target, and of the machine that all of them share, as a scenario says them.
import type { FaultMoment } from '../fault-moment.ts';
import type { ProcessRole } from '../process-role.ts';

type Planned = { readonly name: string; readonly at: FaultMoment };
type OfProcess = Planned & { readonly role: ProcessRole; readonly index: number };

/** Killed (-9) `times` times: each time as soon as it has been ready again for `everySeconds`. */
export type CrashLoopFault = OfProcess & { readonly kind: 'crash-loop'; readonly times: number; readonly everySeconds: number };

/** Stopped in order (SIGTERM) within `withinSeconds` (usualStopSeconds where left out), and started again at once. */
export type RestartFault = OfProcess & { readonly kind: 'restart'; readonly withinSeconds?: number };

/** Longer than any process of ours may take to stop. */
export const usualStopSeconds = 25;

/** Killed (-9) once; its new start takes `seconds` longer than usual. */
export type SlowStartFault = OfProcess & { readonly kind: 'slow-start'; readonly seconds: number };

/** For `seconds` it may open no more descriptors than it has open, and `spare` more (0 where left out). */
export type DescriptorsFault = OfProcess & { readonly kind: 'descriptors'; readonly seconds: number; readonly spare?: number };

/** Started anew with a clock that is `offsetMs` ahead (behind where negative) and runs `driftPpm` parts in a million too fast; after `seconds` with a right one. */
export type ClockFault = OfProcess & {
  readonly kind: 'clock';
  readonly seconds: number;
  readonly offsetMs: number;
  readonly driftPpm?: number;
};

/** For `seconds` a worker runs a release that can't cope with some events; then it is rolled back. What it failed on stays parked. */
export type BadReleaseFault = OfProcess & { readonly kind: 'bad-release'; readonly role: 'worker'; readonly seconds: number };

/** So many processes of the harness burn CPU time beside the target. */
export type CpuPressureFault = Planned & { readonly kind: 'cpu-pressure'; readonly seconds: number; readonly burners: number };

/** A process of the harness takes so much memory and keeps touching it. */
export type MemoryPressureFault = Planned & { readonly kind: 'memory-pressure'; readonly seconds: number; readonly megabytes: number };

export type ProcessFault =
  | CrashLoopFault
  | RestartFault
  | SlowStartFault
  | DescriptorsFault
  | ClockFault
  | BadReleaseFault
  | CpuPressureFault
  | MemoryPressureFault;
