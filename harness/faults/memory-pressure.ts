// Less memory for the target: a process of the harness takes some and keeps touching it. Bounded: never more than half of what is free, so that
// it presses and does not kill. Evidence is what the kernel says is left for everybody; that it is given back, that nobody holds it any more, for
// what others take in the meantime is theirs. Linux.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../engine/errors.ts';
import type { FaultHelper, FaultRunner } from './fault.ts';
import { createObservations } from './observations.ts';
import { type Look, runTimed } from './timed-fault.ts';

const program = fileURLToPath(new URL(`./programs/ballast${extname(import.meta.url)}`, import.meta.url));

export const memoryPressure: FaultRunner<'memory-pressure'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const before = await availableMegabytes();
  if (fault.megabytes > before / 2)
    throw new HarnessError(
      'FL_SCENARIO_INVALID',
      `${fault.megabytes} MiB were to be taken, but only ${before} MiB are available, and half of them must be left`,
    );
  let ballast: FaultHelper | null = null;
  const look = async (event: string, holds: (available: number, heldMegabytes: number) => boolean): Promise<Look> => {
    const [available, held] = [await availableMegabytes(), ballast === null ? 0 : await residentMegabytes(ballast.pid)];
    const observed = `${available} MiB are available, ${before} MiB were before; ${held} MiB are held`;
    return { is: holds(available, held), source: '/proc', observed, data: { event, before, available, held } };
  };
  return runTimed(fault, context, observations, {
    inject: async () => {
      const started = await context.startHelper({ role: 'ballast', program, args: [String(fault.megabytes)] });
      ballast = started;
      return started;
    },
    look: () => look('pressed', (available, held) => held >= fault.megabytes * 0.9 && before - available >= fault.megabytes / 2),
    lookAfter: () => look('healed', (_available, held) => held === 0),
  });
};

const availableMegabytes = async (): Promise<number> =>
  Math.floor(Number(/^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]) / 1024);

/** 0 where there is no such process any more. */
const residentMegabytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.floor(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
};
