// A metric, a log and a span through the write path and back through the query path: a stack that says it is ready and can't answer is not ready.
import type { Clock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { sendCanary } from '../signals/canary.ts';
import { createSignalClient } from '../signals/create-signal-client.ts';
import type { RunningStack } from './running-stack.ts';

export type ProveOptions = { readonly clock: Clock; readonly run: string; readonly withinMs: number; readonly signal: AbortSignal };

const backends = { metric: 'Prometheus', log: 'Loki', span: 'Tempo' } as const;

/** Resolves to how long it took; rejects with a HarnessError that names what did not come back. */
export const proveStack = async (
  { endpoints, access }: Pick<RunningStack, 'endpoints' | 'access'>,
  { clock, run, withinMs, signal }: ProveOptions,
): Promise<number> => {
  const beganAt = clock.now();
  const otlp = { urls: endpoints.otlp, headers: access.otlp ?? {} };
  const client = createSignalClient({ endpoints, access });
  const scope = { runId: run, scenario: 'start' };
  const canaries = await sendCanary({ otlp, client, clock, when: 'before', scope, withinMs, signal });
  const lost = canaries.filter(({ found }) => !found).map(({ kind, detail = '' }) => `  ${kind} (${backends[kind]}): ${detail}`);
  if (lost.length > 0 && !signal.aborted)
    throw new HarnessError('FL_STACK_FAILED', `the telemetry stack is up, but what it was sent did not come back:\n${lost.join('\n')}`);
  return clock.now() - beganAt;
};
