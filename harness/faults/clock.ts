// One process whose clock is wrong: started anew with a module in front of it that shifts what Node tells it of the time, and again without.
// The evidence is what the process itself writes: the time of its own lines, beside the harness's.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explain } from '../engine/errors.ts';
import type { TargetProcess } from '../targets/target.ts';
import type { FaultContext, FaultRunner } from './fault.ts';
import { findProcess } from './find-process.ts';
import { createObservations, type Observations } from './observations.ts';
import { preload } from './preload-option.ts';
import { strike } from './strike.ts';
import { type Look, runTimed } from './timed-fault.ts';

const program = fileURLToPath(new URL(`./preload/shifted-clock${extname(import.meta.url)}`, import.meta.url));
/** Between the writing of a line and its reading. */
const readingMs = 250;

export const clock: FaultRunner<'clock'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const settings = { HARNESS_CLOCK_OFFSET_MS: String(fault.offsetMs), HARNESS_CLOCK_DRIFT_PPM: String(fault.driftPpm ?? 0) };
  let current = findProcess(context.target, fault.role, fault.index);
  // One that ends by itself is no work of this fault's: then nothing that its successor says is proof of anything.
  let wasThere = true;
  const restart = async (environment: Readonly<Record<string, string>>): Promise<void> => {
    wasThere = (await strike(current, context, observations)) !== 'had-ended';
    current = await startAnew(current, environment, context, observations);
  };
  const look = async (event: string, expectedMs: number): Promise<Look> => {
    const skewMs = current.saidAt === undefined ? null : current.saidAt - current.startedAt;
    const is = wasThere && skewMs !== null && Math.abs(skewMs - expectedMs) <= readingMs + Math.abs(fault.offsetMs) / 10;
    const said = skewMs === null ? 'says no time' : `says a time that is ${skewMs} ms off the harness's`;
    return { is, source: 'process', observed: `pid ${current.pid} ${said}`, data: { event, pid: current.pid, skewMs } };
  };
  return runTimed(fault, context, observations, {
    inject: async () => {
      await restart(preload(program, settings)).catch(async (error: unknown) => {
        await context.target
          .restart(fault.role, fault.index)
          .catch((again: unknown) => observations.add('process', `it did not start without the wrong clock either: ${explain(again)}`));
        throw error;
      });
      return { [Symbol.asyncDispose]: () => restart({}) };
    },
    look: () => look('skewed', fault.offsetMs),
    lookAfter: () => look('healed', 0),
  });
};

const startAnew = async (
  process: TargetProcess,
  environment: Readonly<Record<string, string>>,
  context: FaultContext,
  observations: Observations,
): Promise<TargetProcess> => {
  const again = await context.target.restart(process.role, process.index, environment);
  const observed = `${process.role} ${process.index} runs again as pid ${again.pid}`;
  observations.add('process', observed, { event: 'restarted', pid: again.pid, instance: again.instance });
  return again;
};
