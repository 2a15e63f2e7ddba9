// How busy the machine is while a load run goes on, where it says so (/proc/stat): a target on the same machine shares its cores with the generator.
import { readFile } from 'node:fs/promises';
import type { Clock } from '../engine/clock.ts';
import { cpuShares, parseCpuTimes, type CpuTimes } from '../engine/machine/cpu-times.ts';

export type MachineCpu = AsyncDisposable & {
  /** Share of all cores (0..1) by slice of a run that began then. Empty where the machine does not say. */
  bySlice(zeroAt: number): ReadonlyMap<number, number>;
};

export const sampleMachineCpu = (clock: Clock, everyMs: number): MachineCpu => {
  const samples: { readonly at: number; readonly busy: number }[] = [];
  const stop = new AbortController();
  const running = sampleUntil(stop.signal, clock, everyMs, (at, busy) => samples.push({ at, busy }));
  return {
    // A sample is of the time before it.
    bySlice: (zeroAt) =>
      new Map(samples.filter(({ at }) => at > zeroAt).map(({ at, busy }) => [Math.floor((at - zeroAt - everyMs / 2) / everyMs), busy])),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
};

const sampleUntil = async (stop: AbortSignal, clock: Clock, everyMs: number, tell: (at: number, busy: number) => void): Promise<void> => {
  let before = await readTimes();
  while (!stop.aborted && before !== null) {
    await clock.sleep(everyMs, stop);
    const after: CpuTimes | null = await readTimes();
    if (after !== null && !stop.aborted) tell(clock.now(), cpuShares(before, after).cpuBusy);
    before = after;
  }
};

const readTimes = async (): Promise<CpuTimes | null> => {
  const text = await readFile('/proc/stat', 'utf8').catch(() => null);
  return text === null ? null : parseCpuTimes(text);
};
