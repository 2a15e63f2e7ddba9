// Tells when a handler call runs past its deadline. Time is counted in looks, each worth one interval at most: where the process was paused, or the
// machine is so busy that whoever looks comes late, the handler had no time either, and is not to blame for it.
import type { ProgressView } from './progress.ts';

export type StallWatch = {
  /** True once the call in hand is over the deadline. */
  look(view: ProgressView, nowMs: number): boolean;
};

export const lookIntervalMs = (deadlineMs: number): number => Math.min(25, Math.max(5, Math.floor(deadlineMs / 20)));

export const createStallWatch = (deadlineMs: number): StallWatch => {
  const longestStepMs = lookIntervalMs(deadlineMs);
  let lastCalls = -1n;
  let lastLookMs = 0;
  let stalledMs = 0;
  return {
    look: (view, nowMs) => {
      const stepMs = Math.min(Math.max(nowMs - lastLookMs, 0), longestStepMs);
      lastLookMs = nowMs;
      stalledMs = view.inHandler && view.calls === lastCalls ? stalledMs + stepMs : 0;
      lastCalls = view.calls;
      return stalledMs >= deadlineMs;
    },
  };
};
