// What a run asked its target to erase, from the evidence of the fault that asked: what is left there is held against this, and not against what the target erased by itself.
import type { RunData } from '../engine/run-data.ts';

export const erasedEvent = 'erasure';

/** An object, and up to where its events were there before anybody asked. */
export type ErasureClaim = {
  readonly event: typeof erasedEvent;
  readonly systemName: string;
  readonly objectId: string;
  readonly lane: number;
  readonly upTo: number;
  /** Epoch milliseconds, when the target had answered the request: what is handed over after that is new data. Missing in evidence from before it was noted. */
  readonly answeredAt?: number;
  /** The target said that it is done. */
  readonly isProven: boolean;
};

export const erasureClaims = ({ evidence }: Pick<RunData, 'evidence'>): readonly ErasureClaim[] =>
  evidence.flatMap(({ observations }) => observations.flatMap(({ data }) => (isClaim(data) ? [data] : [])));

const isClaim = (data: unknown): data is ErasureClaim =>
  typeof data === 'object' && data !== null && (data as { readonly event?: unknown }).event === erasedEvent;
