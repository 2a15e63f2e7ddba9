// What an alert is measured against: when its cause was seen to work, and when it was over. Faults by their evidence from the target, phases by the plan, which is open-loop.
import type { FaultEvidence, RunData } from './run-data.ts';

/** Epoch milliseconds; `endedAt` null: it was never over. */
export type AlertCause = { readonly startedAt: number; readonly endedAt: number | null };

/** null: the cause never took effect, so no alert is due. */
export const causeOf = (name: string, { timeline, evidence }: Pick<RunData, 'timeline' | 'evidence'>): AlertCause | null => {
  const phase = timeline.phases.find((each) => each.name === name);
  if (phase !== undefined) return { startedAt: phase.from, endedAt: phase.to };
  const fault = evidence.find((each) => each.fault === name);
  if (fault === undefined || !fault.tookEffect) return null;
  return { startedAt: evidencedAt(fault), endedAt: fault.healed ? fault.healedAt : null };
};

/** The first thing that was observed at or after the blow: the exit, the stopped state. What was observed before it is preparation. */
const evidencedAt = ({ injectedAt, observations }: FaultEvidence): number =>
  observations.find(({ at }) => at >= injectedAt)?.at ?? injectedAt;
