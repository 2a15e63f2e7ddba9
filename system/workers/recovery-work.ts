// One recovery command at a time: finds its lane, has it carried out, and tells the lane and the telemetry what came of it.
import type { LaneId } from './checkpoint.ts';
import type { KeptLane } from './kept-lane.ts';
import { carryOutRecovery } from './recovery-command.ts';
import type { RecoveryCommand, RecoveryStore } from './recovery-store.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { Report, RehearseTask } from './thread-protocol.ts';

export type RecoveryWorkOptions = {
  readonly store: RecoveryStore;
  readonly telemetry: Pick<WorkerTelemetry, 'recovered'>;
  readonly laneOf: (id: LaneId) => KeptLane | undefined;
  /** In a thread of the park. Null: no report. */
  readonly runTask: (lane: KeptLane, task: RehearseTask) => Promise<Report | null>;
};

export const createRecoveryWork = ({ store, telemetry, laneOf, runTask }: RecoveryWorkOptions) => {
  const rehearse = async (lane: KeptLane, { key, fix }: RecoveryCommand) => {
    const report = await runTask(lane, { kind: 'rehearse', tenure: lane.tenure, key, known: [], fix });
    return report?.rehearsal ?? null;
  };
  return async (command: RecoveryCommand): Promise<void> => {
    const lane = laneOf(command);
    if (lane === undefined || lane.stopping.aborted) return;
    const carried = await carryOutRecovery(lane, command, { store, rehearse });
    if (carried === null) return;
    if (carried.outcome === 'fenced') return lane.fenced(carried, 'a recovery command');
    lane.setHoldings(carried.holdings);
    // A number that was passed may let an early event go.
    if (command.action === 'discard') lane.drain();
    if (carried.end !== null) telemetry.recovered(lane.tenure, carried.end);
  };
};
