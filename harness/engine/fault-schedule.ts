// Runs the faults of a scenario at their moments, each by itself, on a clock passed in. Every fault ends healed before this resolves.
import type { RunFault } from '../faults/registry.ts';
import type { FaultContext } from '../faults/fault.ts';
import type { Fault, Phase } from '../scenario/scenario.ts';
import type { Clock } from './clock.ts';
import { explain } from './errors.ts';
import type { FaultEvidence } from './run-data.ts';

/** When each phase begins, in milliseconds from the run's zero. */
export const phaseOffsets = (phases: readonly Phase[]): ReadonlyMap<string, number> => {
  let offset = 0;
  const offsets = new Map<string, number>();
  for (const phase of phases) {
    offsets.set(phase.name, offset);
    offset += phase.seconds * 1000;
  }
  return offsets;
};

export type DueFault = { readonly fault: Fault; readonly dueMs: number };

/** In order of time, each with its offset from the run's zero. Throws for a phase that does not exist. */
export const dueFaults = (faults: readonly Fault[], phases: readonly Phase[]): readonly DueFault[] => {
  const offsets = phaseOffsets(phases);
  return faults.map((fault) => ({ fault, dueMs: dueAt(fault, offsets) })).toSorted((a, b) => a.dueMs - b.dueMs);
};

const dueAt = ({ name, at }: Fault, offsets: ReadonlyMap<string, number>): number => {
  const offset = offsets.get(at.phase);
  if (offset === undefined)
    throw new Error(`fault ${name} is due in phase ${at.phase}, but the phases are ${[...offsets.keys()].join(', ')}`);
  return offset + at.afterSeconds * 1000;
};

export type FaultScheduleOptions = {
  readonly due: readonly DueFault[];
  /** The run's zero in epoch milliseconds. */
  readonly zeroAt: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly run: RunFault;
  readonly contextOf: (fault: Fault) => Omit<FaultContext, 'clock' | 'signal'>;
};

/** Evidence in the order of the moments. A fault that was never reached, for an abort, has no evidence; one that crashed says so and took no effect. */
export const runFaultSchedule = async (options: FaultScheduleOptions): Promise<readonly FaultEvidence[]> => {
  const evidence = await Promise.all(options.due.map((due) => runWhenDue(due, options)));
  return evidence.filter((entry) => entry !== null);
};

const runWhenDue = async ({ fault, dueMs }: DueFault, options: FaultScheduleOptions): Promise<FaultEvidence | null> => {
  const { clock, signal, zeroAt } = options;
  await clock.sleep(zeroAt + dueMs - clock.now(), signal);
  if (signal.aborted) return null;
  const injectedAt = clock.now();
  try {
    return await options.run(fault, { ...options.contextOf(fault), clock, signal });
  } catch (error) {
    return crashed(fault, injectedAt, clock.now(), error);
  }
};

const crashed = (fault: Fault, injectedAt: number, at: number, error: unknown): FaultEvidence => ({
  fault: fault.name,
  kind: fault.kind,
  injectedAt,
  healedAt: null,
  tookEffect: false,
  healed: false,
  observations: [{ at, source: 'harness', observed: `the fault could not be carried out: ${explain(error)}` }],
});
