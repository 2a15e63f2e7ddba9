// What a generator uses, seen from outside and in the same way for each: the CPU time of its process while it sends, without its beginning.
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf } from '../engine/machine/process-cpu.ts';

export type CpuSample = { readonly at: number; readonly cpu: number };

const everyMs = 200;
/** Its last samples: the generator may be at its end, and k6 at its summary. */
const endSamples = 2;

/** Resolves when it does not run any more, with CPU-seconds a second over the last `seconds` of it; NaN where that was too short to say. */
export const watchCpu = async (pid: number, isRunning: () => boolean, seconds: number): Promise<number> => {
  const samples: CpuSample[] = [];
  while (isRunning()) {
    const cpu = await cpuSecondsOf([pid], false);
    if (cpu !== null) samples.push({ at: performance.now(), cpu });
    await delay(everyMs);
  }
  return cpuPerSecond(samples, seconds);
};

export const cpuPerSecond = (samples: readonly CpuSample[], seconds: number): number => {
  const from = (samples.at(-1)?.at ?? 0) - seconds * 1000;
  const [begin, end] = [samples.find(({ at }) => at >= from), samples.at(-1 - endSamples)];
  return begin === undefined || end === undefined || end.at <= begin.at ? NaN : ((end.cpu - begin.cpu) * 1000) / (end.at - begin.at);
};
