// What a run asked its target to replay, from the evidence of the fault that asked.
import type { RunData } from '../engine/run-data.ts';

export const replayedEvent = 'replay';

export type ReplayClaim = {
  readonly event: typeof replayedEvent;
  /** Ids of the events that were dead letters when it was asked for. */
  readonly letters: readonly number[];
  /** Before it was asked for, on the target's own clock; epoch milliseconds. */
  readonly askedAt: number;
  readonly ratePerSecond: number;
};

export const replayClaims = (run: RunData): readonly ReplayClaim[] =>
  run.evidence.flatMap(({ observations }) => observations.flatMap(({ data }) => (isClaim(data) ? [data] : [])));

const isClaim = (data: unknown): data is ReplayClaim =>
  typeof data === 'object' && data !== null && (data as { readonly event?: unknown }).event === replayedEvent;
