// Attempts are counted durably before user code runs, so that the process after a death knows of it. One that ended in trouble with storage while this thread lived
// on was no death: it is taken off the count, and where storage can't do that either it is remembered here. Whoever looks next, another thread or the process
// after a restart, knows what is stored alone.
import { laneName, type LaneId } from './checkpoint.ts';

/** Durably, so many. False: the lane, or the attempt, is another by now. */
export type TakeOff = (count: number) => Promise<boolean>;

export type SurvivedAttempts = {
  /** An attempt was counted durably; whether it is survived is known when the task ends. `takeOff` null: this thread alone remembers it. */
  noted(lane: LaneId, position: number, takeOff: TakeOff | null): void;
  /** How many counted attempts of this event were survived, and are counted still. */
  of(lane: LaneId, position: number): number;
  /** The task that noted attempts ended: settled, or interrupted with this thread alive. */
  settled(): void;
  interrupted(): Promise<void>;
};

type OpenAttempts = { readonly count: number; readonly takeOff: TakeOff | null };

export const createSurvivedAttempts = (): SurvivedAttempts => {
  const survived = new Map<string, number>();
  let open = new Map<string, OpenAttempts>();
  const nameOf = (lane: LaneId, position: number) => `${laneName(lane)}/${position}`;
  return {
    noted: (lane, position, takeOff) => {
      const name = nameOf(lane, position);
      open.set(name, { count: (open.get(name)?.count ?? 0) + 1, takeOff });
    },
    of: (lane, position) => survived.get(nameOf(lane, position)) ?? 0,
    settled: () => {
      for (const name of open.keys()) survived.delete(name);
      open = new Map();
    },
    interrupted: async () => {
      const ended = open;
      open = new Map();
      for (const [name, { count, takeOff }] of ended) {
        const counted = (survived.get(name) ?? 0) + count;
        survived.set(name, counted);
        // The trouble that it ended in may meet this as well: what matters is told by whoever interrupted it.
        if (takeOff !== null && (await takeOff(counted).catch(() => false))) survived.delete(name);
      }
    },
  };
};
