// How busy the worker itself is, once a slice: a generator at its limit must be seen, or its own delays would pass for the target's.
import type { WorkerSample } from './protocol.ts';

export type SamplingOptions = {
  readonly sliceMs: number;
  readonly now: () => number;
  readonly inFlight: () => Pick<WorkerSample, 'inFlight' | 'waiting'>;
};

export type Sampling = Disposable & { samples(): readonly WorkerSample[] };

export const startSampling = ({ sliceMs, now, inFlight }: SamplingOptions): Sampling => {
  const samples: WorkerSample[] = [];
  let cpu = process.cpuUsage();
  let loop = performance.eventLoopUtilization();
  let at = now();
  const timer = setInterval(() => {
    const [cpuNow, loopNow, atNow] = [process.cpuUsage(), performance.eventLoopUtilization(), now()];
    const usedMs = (cpuNow.user + cpuNow.system - cpu.user - cpu.system) / 1000;
    const eventLoop = performance.eventLoopUtilization(loopNow, loop).utilization;
    if (atNow > 0) samples.push({ slice: Math.floor(atNow / sliceMs), eventLoop, cpu: usedMs / (atNow - at), ...inFlight() });
    [cpu, loop, at] = [cpuNow, loopNow, atNow];
  }, sliceMs);
  return { samples: () => samples, [Symbol.dispose]: () => clearInterval(timer) };
};
