// Attempts are counted durably before user code runs, so that the process after a death knows of it. One that ended in trouble with storage while this thread lived
// on was no death: it is taken off the count, and where storage can't do that either it is remembered here. Whoever looks next, another thread or the process
// after a restart, knows what is stored alone.
import { laneName, type LaneId } from './checkpoint.ts';

/** Durably, so many. True: they are not counted any more. False: they are still, and can't be taken off, as where the lane is another's by now. */
export type TakeOff = (count: number) => Promise<boolean>;

export type SurvivedAttempts = {
  /** An attempt was counted durably; whether it is survived is known when the task ends. */
  noted(lane: LaneId, position: number, takeOff: TakeOff): void;
  /** The same of the attempt that took another thread with it: whether it is counted still is remembered by whoever hands out the tasks, and not here. */
  inherited(lane: LaneId, position: number, takeOff: TakeOff): void;
  /** How many counted attempts of this event were survived, and are counted still. */
  of(lane: LaneId, position: number): number;
  /** How often this thread saw trouble end an attempt of this event since one was settled, taken off or not. */
  interruptions(lane: LaneId, position: number): number;
  /** The task that noted attempts ended: settled, or interrupted with this thread alive. */
  settled(): void;
  interrupted(): Promise<void>;
  /** It settles nothing, and that stands: rejects where storage can't take them off. */
  undone(): Promise<void>;
  /** Positions whose attempts were taken off since this was asked last. */
  takenOff(): readonly number[];
};

type OpenAttempts = { readonly position: number; readonly count: number; readonly isInherited: boolean; readonly takeOff: TakeOff };

/** Whose turn it is among events of a key is no matter of right and wrong: what was interrupted the longest ago is forgotten. */
const mostInterrupted = 1000;

export const createSurvivedAttempts = (): SurvivedAttempts => {
  const survived = new Map<string, number>();
  const interruptions = new Map<string, number>();
  let open = new Map<string, OpenAttempts>();
  let takenOff: number[] = [];
  const nameOf = (lane: LaneId, position: number) => `${laneName(lane)}/${position}`;
  const takeOffLatest = async () => {
    const ended = [...open];
    open = new Map();
    for (const [name] of ended) noteInterruption(interruptions, name);
    const latest = ended.pop();
    // One attempt is stored, the last one: with it went what was counted of those before it in the task, and before the task.
    for (const [name] of ended) survived.delete(name);
    if (latest === undefined) return;
    const [name, { position, count, isInherited, takeOff }] = latest;
    const counted = (survived.get(name) ?? 0) + count;
    if (!isInherited) survived.set(name, counted);
    if (!(await takeOff(counted))) return;
    survived.delete(name);
    takenOff.push(position);
  };
  return {
    noted: (lane, position, takeOff) => {
      const name = nameOf(lane, position);
      const count = (open.get(name)?.count ?? 0) + 1;
      open.delete(name);
      open.set(name, { position, count, isInherited: false, takeOff });
    },
    inherited: (lane, position, takeOff) => void open.set(nameOf(lane, position), { position, count: 1, isInherited: true, takeOff }),
    of: (lane, position) => survived.get(nameOf(lane, position)) ?? 0,
    interruptions: (lane, position) => interruptions.get(nameOf(lane, position)) ?? 0,
    settled: () => {
      for (const name of open.keys()) {
        survived.delete(name);
        interruptions.delete(name);
      }
      open = new Map();
    },
    // The trouble that it ended in may meet this as well: what matters is told by whoever interrupted it.
    interrupted: () => takeOffLatest().catch(() => {}),
    undone: takeOffLatest,
    takenOff: () => {
      const since = takenOff;
      takenOff = [];
      return since;
    },
  };
};

const noteInterruption = (interruptions: Map<string, number>, name: string): void => {
  const before = interruptions.get(name) ?? 0;
  interruptions.delete(name);
  interruptions.set(name, before + 1);
  const [oldest] = interruptions.keys();
  if (interruptions.size > mostInterrupted && oldest !== undefined) interruptions.delete(oldest);
};
