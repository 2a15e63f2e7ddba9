// The embedded runtime as `npm run stack` starts it, production rules and all, some times over: how long it takes to be ready. The last one stays.
import { systemClock } from '../../engine/clock.ts';
import type { RunningStack } from '../../stack/running-stack.ts';
import { startEmbedded } from '../../stack/start-embedded.ts';
import type { Workshop } from '../workshop.ts';
import type { Peer } from './peer.ts';

const peerOf = ({ endpoints, processes }: RunningStack): Peer => ({
  name: 'embedded',
  otlp: endpoints.otlp.metrics,
  api: endpoints.prometheus,
  pid: processes[0]!.pid,
});

export const startEmbeddedPeer = async (
  { registry, logFolder, use }: Workshop,
  starts: number,
  signal: AbortSignal,
): Promise<{ readonly peer: Peer; readonly readyMs: readonly number[] }> => {
  const readyMs: number[] = [];
  for (;;) {
    const stack = await startEmbedded({ registry, logFolder, signal, clock: systemClock, environment: process.env });
    readyMs.push(stack.readyAfterMs['stack']!);
    if (readyMs.length === starts) return { peer: peerOf(use(stack)), readyMs };
    await stack[Symbol.asyncDispose]();
  }
};
