// The embedded stack's own count of what it had to drop.
import { ask } from './ask.ts';
import { SignalError } from './signal-error.ts';

export const embeddedDropped = (stackUrl: string) => async (): Promise<number> => {
  const { body } = await ask({ backend: 'stack', url: `${stackUrl}/embedded/status` });
  const dropped = (body as { readonly dropped?: unknown } | null)?.dropped;
  if (typeof dropped !== 'number') throw new SignalError('stack', '/embedded/status', 200, 'no count of what was dropped');
  return dropped;
};
