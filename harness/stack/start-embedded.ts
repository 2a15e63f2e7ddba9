// Starts the embedded stack: one Node process that takes OTLP in and answers as Prometheus, Tempo and Loki do.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StartHelper } from '../engine/parts.ts';
import { embeddedDropped } from '../signals/embedded-dropped.ts';
import { spawnProcess } from './processes.ts';
import { endpointsAt, type RunningStack } from './running-stack.ts';

const readyWithinMs = 15_000;
const program = fileURLToPath(new URL('./embedded/main.ts', import.meta.url));

export const startEmbedded = async ({ registry, logFolder, signal }: StartHelper): Promise<RunningStack> => {
  const started = await spawnProcess({
    command: process.execPath,
    // Small young generation: what it takes in lives long, and half-full nurseries would double its memory.
    args: ['--max-semi-space-size=8', program, '--port', '0'],
    role: 'stack',
    logFile: join(logFolder, 'stack.log'),
    registry,
    failure: 'FL_STACK_FAILED',
  });
  try {
    const { attributes } = await started.ready(readyWithinMs, signal);
    const address = String(attributes['address']);
    return {
      runtime: 'embedded',
      endpoints: endpointsAt(address),
      access: {},
      processes: [{ role: started.role, pid: started.pid }],
      versions: {},
      exited: started.exited.then(() => started.role),
      dropped: embeddedDropped(address),
      [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
};
