// The plan of a load run, from the flags: one of the named shapes, or phases typed one by one.
import { readPhase } from '../load/plan/read-phase.ts';
import { shapeNames, stagesOf, warmUp } from '../load/plan/shapes.ts';
import type { Stage } from '../load/plan/stage.ts';
import type { LoadFlags } from './load-flags.ts';
import type { FlagReader } from './load-reader.ts';

const defaults = { ratePerSecond: 50, seconds: 10, steps: 5, spikeShare: 0.2 };

export const readStages = (flags: LoadFlags, reader: FlagReader): readonly Stage[] => {
  const before = flags.warmUp === undefined ? null : reader.seconds('--warm-up', flags.warmUp);
  const stages = flags.phase.length > 0 ? readPhases(flags, reader) : readShape(flags, reader);
  const repeated = stages.map(({ name }) => name).filter((name, index, names) => names.indexOf(name) !== index);
  for (const name of new Set(repeated)) reader.problems.push(`--phase ${name}: two phases have this name`);
  return before === null ? stages : [warmUp(before, stages[0]?.fromPerSecond ?? 0), ...stages];
};

const readPhases = (flags: LoadFlags, { problems }: FlagReader): readonly Stage[] => {
  for (const flag of ['rate', 'duration', 'to', 'steps', 'spike'] as const)
    if (flags[flag] !== undefined) problems.push(`--${flag} and --phase do not go together: a phase has its own`);
  if (flags.shape !== 'constant') problems.push('--shape and --phase do not go together: phases are a shape of your own');
  return flags.phase.flatMap((text) => {
    const stage = readPhase(text);
    if (stage === null) problems.push(`--phase ${text}: expected name=100/s,10s or name=100..500/s,10s`);
    return stage ?? [];
  });
};

const readShape = (flags: LoadFlags, reader: FlagReader): readonly Stage[] => {
  const { problems } = reader;
  const shape = reader.oneOf('--shape', flags.shape, shapeNames);
  const ratePerSecond = flags.rate === undefined ? defaults.ratePerSecond : reader.rate('--rate', flags.rate);
  const seconds = flags.duration === undefined ? defaults.seconds : reader.seconds('--duration', flags.duration);
  if (shape !== 'constant' && flags.to === undefined) problems.push(`--shape ${shape} needs --to, the rate that it goes to`);
  if (shape === 'constant' && flags.to !== undefined) problems.push('--to needs a --shape that goes somewhere: ramp, step or spike');
  if (shape !== 'step' && flags.steps !== undefined) problems.push('--steps is for --shape step');
  if (shape !== 'spike' && flags.spike !== undefined) problems.push('--spike is for --shape spike');
  const spikeSeconds = flags.spike === undefined ? seconds * defaults.spikeShare : reader.seconds('--spike', flags.spike);
  if (spikeSeconds >= seconds) problems.push(`--spike ${flags.spike}: it must be shorter than the ${seconds} s of the whole`);
  const toPerSecond = flags.to === undefined ? ratePerSecond : reader.rate('--to', flags.to);
  const steps = flags.steps === undefined ? defaults.steps : reader.whole('--steps', flags.steps, 1, 100);
  return stagesOf({ shape, seconds, ratePerSecond, toPerSecond, steps, spikeSeconds });
};
