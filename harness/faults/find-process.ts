// The process that a fault is aimed at. A scenario that aims at one that is not there is a mistake of its author.
import { HarnessError } from '../engine/errors.ts';
import type { ProcessRole, VictimRole } from '../scenario/scenario.ts';
import type { RunningTarget, TargetProcess, VictimProcess } from '../targets/target.ts';
import type { FaultContext } from './fault.ts';

export const findProcess = (target: RunningTarget, role: ProcessRole, index: number): TargetProcess =>
  find(target.processes(), role, index);

/** Of the target, or one that consumes elsewhere. */
export const findVictim = ({ target, consumers }: FaultContext, role: VictimRole, index: number): VictimProcess =>
  find<VictimProcess>([...target.processes(), ...(consumers?.processes() ?? [])], role, index);

/** Another process in the place of one that has ended. */
export const restartVictim = ({ target, consumers }: FaultContext, { role, index }: VictimProcess): Promise<VictimProcess> => {
  if (role !== 'consumer') return target.restart(role, index);
  if (consumers === undefined) throw new HarnessError('FL_SCENARIO_INVALID', 'a fault is aimed at a consumer, but the scenario has none');
  return consumers.restart(index);
};

const find = <Process extends VictimProcess>(processes: readonly Process[], role: VictimRole, index: number): Process => {
  const found = processes.find((process) => process.role === role && process.index === index);
  if (found !== undefined) return found;
  const there = processes.map((process) => `${process.role} ${process.index}`);
  throw new HarnessError('FL_SCENARIO_INVALID', `a fault is aimed at ${role} ${index}, but there are only: ${there.join(', ')}`);
};
