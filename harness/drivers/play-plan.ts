// Plays a plan against the clock, whatever it is sent by: each operation is handed over at its intended time, the history is written and progress is told.
import { setTimeout as delay } from 'node:timers/promises';
import { createHistoryWriter, type HistoryWriter } from '../history/history-writer.ts';
import type { TrafficPlan } from '../traffic/plan-traffic.ts';
import type { PlannedOperation } from '../traffic/planned-operation.ts';
import type { PlannedJob } from './driver-process.ts';
import { runOpenLoop } from './open-loop.ts';
import type { DriverProgress, DriverSummary } from './progress.ts';
import { createTally, type Tally } from './tally.ts';

export type Playing = {
  /** Milliseconds since the run's zero. */
  readonly now: () => number;
  readonly history: HistoryWriter;
  readonly tally: Tally;
};

export type Player = {
  /** `ended` is called once, when nothing more comes of the operation. */
  hand(planned: PlannedOperation, ended: () => void): void;
  /** Called ten times a second. */
  look?(): void;
  /** After the last operation has ended, before the history does. */
  finish?(): Promise<void>;
};

export type PlayOptions = {
  readonly job: Pick<PlannedJob, 'source' | 'seed'> & { readonly historyFile: string };
  readonly plan: TrafficPlan;
  /** Epoch milliseconds. */
  readonly zeroAt: number;
  readonly report: (progress: DriverProgress) => void;
};

const progressEveryMs = 250;
const lookEveryMs = 100;

/** Resolves when every operation has ended and the history is on disk. */
export const playPlan = async (
  { job, plan, zeroAt, report }: PlayOptions,
  create: (playing: Playing) => Player,
): Promise<DriverSummary> => {
  const zero = performance.now() + (zeroAt - Date.now());
  const history = await createHistoryWriter(job.historyFile, { format: 1, scenario: job.source.name, seed: job.seed, zeroAt });
  const tally = createTally(job.source.phases.map(({ name }) => name));
  const now = (): number => performance.now() - zero;
  const player = create({ now, history, tally });
  const tell = (): void => {
    void history.flush();
    report(tally.progress(now()));
  };
  const timers = [setInterval(() => player.look?.(), lookEveryMs), setInterval(tell, progressEveryMs)];
  try {
    await handAll(plan.operations, player, now);
    await player.finish?.();
    await history.end();
  } finally {
    timers.forEach(clearInterval);
  }
  return { ...tally.progress(now()), type: 'done', operations: plan.operations.length };
};

const handAll = async (operations: readonly PlannedOperation[], player: Player, now: () => number): Promise<void> => {
  const allDone = Promise.withResolvers<void>();
  let open = operations.length;
  const ended = (): void => {
    open -= 1;
    if (open === 0) allDone.resolve();
  };
  if (open === 0) return;
  await runOpenLoop({
    count: operations.length,
    intendedAtMs: (index) => (operations[index] as PlannedOperation).intendedAtMs,
    now,
    wait: (ms) => delay(ms),
    hand: (index) => player.hand(operations[index] as PlannedOperation, ended),
  });
  await allDone.promise;
};
