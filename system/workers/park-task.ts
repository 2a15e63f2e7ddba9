// Runs work on a parked key in a thread, again with what it failed on known, until it comes to a report.
import { blame } from './blame.ts';
import type { AllowWrite, TaskEnd } from './handler-thread.ts';
import type { KeptLane } from './kept-lane.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { ParkTask, Report } from './thread-protocol.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Its writes wait for the lane's turn. Null: no report, try again later. */
export const runParkTask = async (
  threads: ThreadPool,
  lane: KeptLane,
  first: ParkTask,
  telemetry: WorkerTelemetry,
): Promise<Report | null> => {
  let task = first;
  while (!lane.stopping.aborted) {
    const { known } = task;
    const end = await threads.use((thread) => inTurn(lane, task, (allow) => thread.run({ ...task, known }, allow)));
    if (end.kind === 'report') return end.report;
    const culprit = blame(lane.tenure, end, telemetry);
    if (culprit === null) return null;
    const next = { known: [...known, culprit] };
    task = task.kind === 'retry' ? { ...task, ...next, counted: true } : { ...task, ...next };
  }
  return null;
};

/** The turn is taken when the thread asks for it, and is over when the task ended, whichever way. */
const inTurn = async (lane: KeptLane, { key }: ParkTask, run: (allow: AllowWrite) => Promise<TaskEnd>): Promise<TaskEnd> => {
  let taken: Promise<Disposable> | null = null;
  try {
    return await run(async () => {
      taken ??= lane.turn.take(key);
      await taken;
      return [];
    });
  } finally {
    void (taken as Promise<Disposable> | null)?.then((turn) => turn[Symbol.dispose]());
  }
};
