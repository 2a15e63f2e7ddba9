// From started to ready: every probe answers, and what is sent comes back. Says how long each part took.
import { type AwaitedPart, awaitParts } from './await-parts.ts';
import { proveStack } from './prove-stack.ts';
import type { StackEndpoints } from './running-stack.ts';
import type { StackOptions } from './stack-options.ts';

export type AwaitStackOptions = {
  readonly parts: readonly AwaitedPart[];
  readonly endpoints: StackEndpoints;
  readonly readyWithinMs: number;
  readonly visibleWithinMs: number;
  readonly onReady: (part: string, afterMs: number) => void;
};

/** Rejects with a HarnessError of the first part that fails, or of what did not come back. */
export const awaitStack = async (
  { parts, endpoints, readyWithinMs, visibleWithinMs, onReady }: AwaitStackOptions,
  { clock, signal, registry }: StackOptions,
): Promise<void> => {
  await awaitParts(parts, { clock, withinMs: readyWithinMs, signal, onReady });
  onReady('round trip', await proveStack({ endpoints, access: {} }, { clock, run: registry.run, withinMs: visibleWithinMs, signal }));
};

/** Notes the times, and passes them on to who wants to hear of each. */
export const noteTimes = ({ onPart }: StackOptions) => {
  const times: Record<string, number> = {};
  const onReady = (part: string, afterMs: number): void => {
    times[part] = afterMs;
    onPart?.(part, afterMs);
  };
  return { times, onReady };
};
