// The process that a fault is aimed at. A scenario that aims at one that is not there is a mistake of its author.
import { HarnessError } from '../engine/errors.ts';
import type { ProcessRole } from '../scenario/scenario.ts';
import type { RunningTarget, TargetProcess } from '../targets/target.ts';

export const findProcess = (target: RunningTarget, role: ProcessRole, index: number): TargetProcess => {
  const found = target.processes().find((process) => process.role === role && process.index === index);
  if (found !== undefined) return found;
  const there = target.processes().map((process) => `${process.role} ${process.index}`);
  throw new HarnessError('FL_SCENARIO_INVALID', `a fault is aimed at ${role} ${index}, but the target runs only: ${there.join(', ')}`);
};
