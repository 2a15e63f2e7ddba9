// Recovery commands, one at a time: finds the lane of each, has it carried out, and tells the lane and the telemetry what came of it.
import type { LaneId } from './checkpoint.ts';
import { classifyError } from './error-class.ts';
import { keyName } from './key-order.ts';
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
  const recover = async (command: RecoveryCommand): Promise<void> => {
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
  /** One that fails for a reason of its own holds up what was asked of its key, and nothing else; the first failure is thrown in the end. */
  return async (commands: readonly RecoveryCommand[]): Promise<void> => {
    const failed = new Map<string, unknown>();
    for (const command of commands) {
      const key = keyName(command.key);
      if (failed.has(key)) continue;
      try {
        await recover(command);
      } catch (error) {
        if (classifyError(error) === 'infrastructure') throw error;
        failed.set(key, error);
      }
    }
    const [first] = failed.values();
    if (failed.size > 0) throw first;
  };
};
