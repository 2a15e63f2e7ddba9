// What an alert is measured against: when its cause was seen to work, and when it was over. Faults by their evidence from the target, phases by the plan, which is open-loop.
import type { FaultEvidence, RunData } from './run-data.ts';

/**
 * Epoch milliseconds. `injectedAt`: the blow, from which on an alert is explained. `startedAt`: when it was seen to work, from which on an alert is due: what
 * takes several answers or a look every half second to prove works before it is proven. `endedAt` null: it was never over.
 */
export type AlertCause = { readonly injectedAt: number; readonly startedAt: number; readonly endedAt: number | null };

/** null: the cause never took effect, so no alert is due. */
export const causeOf = (name: string, { timeline, evidence }: Pick<RunData, 'timeline' | 'evidence'>): AlertCause | null => {
  const phase = timeline.phases.find((each) => each.name === name);
  if (phase !== undefined) return { injectedAt: phase.from, startedAt: phase.from, endedAt: phase.to };
  const fault = evidence.find((each) => each.fault === name);
  if (fault === undefined || !fault.tookEffect) return null;
  return { injectedAt: fault.injectedAt, startedAt: evidencedAt(fault), endedAt: fault.healed ? fault.healedAt : null };
};

/** The first thing that was observed at or after the blow: the exit, the stopped state. What was observed before it is preparation. */
const evidencedAt = ({ injectedAt, observations }: FaultEvidence): number =>
  observations.find(({ at }) => at >= injectedAt)?.at ?? injectedAt;
