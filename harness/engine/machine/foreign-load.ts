// What others took of the machine while a run was on: busy minus all processes of ours, plus steal. Pure.
import type { MachineSample } from '../run-data.ts';

/** `foreign`: share of all cores, 0..1, in the stretch between two samples. */
export type Load = { readonly from: number; readonly to: number; readonly foreign: number };

export const foreignLoads = (samples: readonly MachineSample[], cores: number): Load[] =>
  samples.slice(1).flatMap((sample, index) => {
    const from = (samples[index] as MachineSample).at;
    const capacity = ((sample.at - from) / 1000) * cores;
    if (capacity <= 0) return [];
    const ours = sample.processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / capacity;
    return [{ from, to: sample.at, foreign: Math.min(1, Math.max(0, sample.cpuBusy - ours) + sample.cpuSteal) }];
  });

/** Stretches without a gap in which others took no more than `atMost`, as long as each goes. */
export const quietStretches = (loads: readonly Load[], atMost: number): readonly { readonly from: number; readonly to: number }[] => {
  const stretches: { from: number; to: number }[] = [];
  for (const { from, to, foreign } of loads) {
    if (foreign > atMost) continue;
    const last = stretches.at(-1);
    if (last !== undefined && last.to === from) last.to = to;
    else stretches.push({ from, to });
  }
  return stretches;
};
