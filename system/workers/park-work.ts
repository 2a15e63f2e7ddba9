// One round of work on the park of this worker's lanes: attempts that are due, operators' commands, early events over their age.
import type { Key } from '../stream/stream.ts';
import { laneName, type LaneId } from './checkpoint.ts';
import type { ErasureStore } from './erasure-store.ts';
import { createErasureWork } from './erasure-work.ts';
import type { KeptLane } from './kept-lane.ts';
import { carryOutCommand } from './park-command.ts';
import type { RecoveryStore } from './recovery-store.ts';
import { createRecoveryWork } from './recovery-work.ts';
import type { DueKey, OverdueKey, ParkCommand, ParkStore } from './park-store.ts';
import { runParkTask } from './park-task.ts';
import type { RangeStore } from './range-store.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { ParkTask, Report } from './thread-protocol.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { WorkerClock } from './worker-clock.ts';

export type ParkWorkOptions = {
  readonly lanes: () => readonly KeptLane[];
  readonly store: ParkStore;
  readonly recoveries: RecoveryStore;
  readonly erasures: ErasureStore;
  readonly ranges: RangeStore;
  readonly threads: ThreadPool;
  readonly telemetry: WorkerTelemetry;
  readonly clock: WorkerClock;
  readonly pending: { readonly limitSeconds: number; readonly policy: 'wait' | 'skip' | 'stop' };
};

export type ParkWork = {
  /** Whether there was anything to do. */
  readonly round: (ids: readonly LaneId[]) => Promise<boolean>;
  /** Gives up the gap that the lane's oldest early event waits for; resolves whether there was one. */
  readonly skipOldestGap: (lane: KeptLane) => Promise<boolean>;
};

const overdueEveryMs = 1000;
const atOnce = 50;

export const createParkWork = (options: ParkWorkOptions): ParkWork => {
  const { store, telemetry, clock } = options;
  let overdueAtMs = 0;

  const laneOf = (id: LaneId) => options.lanes().find(({ tenure }) => laneName(tenure) === laneName(id));

  const runTask = (lane: KeptLane, task: ParkTask) => runParkTask(options.threads, lane, task, telemetry);
  const erase = createErasureWork({ store: options.erasures, laneOf });
  const recover = createRecoveryWork({ store: options.recoveries, telemetry, laneOf, runTask });
  const settled = async (lane: KeptLane, report: Report, what: string) => {
    if (report.outcome === 'fenced') return lane.fenced({ found: report.found! }, what);
    if (report.holdings !== null) lane.setHoldings(report.holdings);
    if (report.delivered > 0) telemetry.finished(lane.tenure, report);
    if (report.replay !== null) telemetry.recovered(lane.tenure, report.replay);
    if (report.moreDue) lane.drain();
  };
  const retry = async (due: DueKey) => {
    const lane = laneOf(due);
    if (lane === undefined || lane.stopping.aborted) return;
    const report = await runTask(lane, { kind: 'retry', tenure: lane.tenure, key: due.key, known: [], counted: false });
    if (report !== null) await settled(lane, report, 'a retry from the park');
  };
  const skipGap = async (lane: KeptLane, key: Key) => {
    const report = await runTask(lane, { kind: 'skip-gap', tenure: lane.tenure, key, known: [] });
    if (report !== null) await settled(lane, report, 'a gap to skip');
    return report?.outcome === 'advanced' && report.found !== null;
  };
  const carryOut = async (command: ParkCommand) => {
    const lane = laneOf(command);
    if (lane === undefined || lane.stopping.aborted) return;
    using _lane = await lane.turn.take(command.key);
    const end = await carryOutCommand(lane, command, options);
    if (end.outcome === 'fenced') return await lane.fenced(end, 'a park command');
    lane.setHoldings(end.holdings);
    lane.drain();
    telemetry.commanded(lane.tenure, command.action, command.requestedBy, end.result);
  };
  const round = async (ids: readonly LaneId[]) => {
    const [due, commands, asked, erasures] = await Promise.all([
      store.dueKeys(ids, atOnce),
      store.openCommands(ids, atOnce),
      options.recoveries.due(ids, atOnce),
      options.erasures.due(ids, atOnce),
    ]);
    // First: what is tried after it finds nothing of an erased object.
    const failed = await erase(erasures);
    for (const command of commands) await carryOut(command);
    for (const one of due) await retry(one);
    await recover(asked);
    if (clock.nowMs() >= overdueAtMs) {
      overdueAtMs = clock.nowMs() + overdueEveryMs;
      for (const one of await store.overdueKeys(ids, options.pending.limitSeconds, atOnce)) {
        const lane = laneOf(one);
        if (lane !== undefined && !lane.stopping.aborted) await onOverdue(lane, one, options, skipGap);
      }
    }
    // Told in the end: it must not keep the others from their work.
    if (failed !== null) throw failed.failure;
    return due.length + commands.length + asked.length + erasures.length > 0;
  };
  return {
    round,
    skipOldestGap: async (lane) => {
      const key = await store.oldestWaiting(lane.tenure);
      return key !== null && skipGap(lane, key);
    },
  };
};

const onOverdue = async (
  lane: KeptLane,
  overdue: OverdueKey,
  { telemetry, pending }: ParkWorkOptions,
  skipGap: (lane: KeptLane, key: Key) => Promise<boolean>,
): Promise<void> => {
  const reason = `early_event_overdue: ${overdue.events} of one key, ${Math.round(overdue.oldestSeconds)} s`;
  telemetry.blocked(lane.tenure, reason, pending.policy);
  if (pending.policy === 'stop') lane.halt('early_event_overdue');
  if (pending.policy === 'skip') await skipGap(lane, overdue.key);
};
