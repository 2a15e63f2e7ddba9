// Plays one plan against the target and puts together what was measured. How it is sent is the player's matter: our own workers, or k6.
import { totalSeconds } from './plan/stage.ts';
import { sampleMachineCpu } from './machine-cpu.ts';
import { measurePhases, measureSaturation, measureSlices } from './measure.ts';
import type { Clock } from '../engine/clock.ts';
import type { Measured } from './result.ts';
import type { LoadProgress } from './worker/protocol.ts';
import type { LoadWorkers, WorkerJob } from './workers.ts';

export type PlayJob = Omit<WorkerJob, 'sliceMs'>;

export type PlayHooks = {
  /** The last word of each worker. */
  readonly onProgress: (progress: readonly LoadProgress[]) => void;
  readonly signal: AbortSignal;
};

export type Played = Measured & {
  /** Of the player itself: why what was measured can not be trusted. */
  readonly doubts: readonly string[];
};

export type Player = AsyncDisposable & { play(job: PlayJob, hooks: PlayHooks): Promise<Played> };

const mostSlices = 300;

/** Whole seconds, so that a run has at most a few hundred of them. */
export const sliceMsFor = (seconds: number): number => 1000 * Math.max(1, Math.ceil(seconds / mostSlices));

export const createWorkerPlayer = (workers: LoadWorkers, clock: Clock): Player => ({
  play: async (job, { onProgress, signal }) => {
    const sliceMs = sliceMsFor(totalSeconds(job.stages));
    await using machine = sampleMachineCpu(clock, sliceMs);
    const { zeroAt, workers: done } = await workers.run({ ...job, sliceMs }, onProgress, signal);
    return {
      phases: measurePhases(job.stages, done),
      slices: measureSlices(job.stages, done, sliceMs),
      saturation: measureSaturation(done, machine.bySlice(zeroAt), sliceMs),
      generatorCpuSeconds: done.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      doubts: [],
    };
  },
  [Symbol.asyncDispose]: () => workers[Symbol.asyncDispose](),
});
