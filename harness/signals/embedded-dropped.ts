// The embedded stack's own count of what it had to drop.
import { ask } from './ask.ts';
import { SignalError } from './signal-error.ts';

/** Of what came at that time or later: what an earlier run sent goes first, and is nothing that this one misses. */
export const embeddedDropped =
  (stackUrl: string) =>
  async (sinceMs: number): Promise<number> => {
    const path = `/embedded/status?since=${Math.floor(sinceMs)}`;
    const { body } = await ask({ backend: 'stack', url: `${stackUrl}${path}` });
    const dropped = (body as { readonly droppedSince?: unknown } | null)?.droppedSince;
    if (typeof dropped !== 'number') throw new SignalError('stack', path, 200, 'no count of what was dropped');
    return dropped;
  };
