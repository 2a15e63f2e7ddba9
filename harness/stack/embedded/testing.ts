// For tests: an embedded stack on a port of its own in this process, closed when disposed.
import { systemClock } from '../../engine/clock.ts';
import { metricBackend } from './metric-backend.ts';
import { createStack } from './stack.ts';
import type { StackLimits } from './stack.ts';

export type TestStack = AsyncDisposable & { readonly url: string };

export const startTestStack = async (limits: Partial<StackLimits> = {}): Promise<TestStack> => {
  const app = await createStack({ metrics: metricBackend(systemClock), limits });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, [Symbol.asyncDispose]: async () => app.close() };
};
