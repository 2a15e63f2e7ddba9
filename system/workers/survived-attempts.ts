// Attempts are counted durably before user code runs, so that the process after a death knows of it. One that ended in trouble with storage while this thread lived
// on was no death: it is remembered here, and taken off the count.
import { laneName, type LaneId } from './checkpoint.ts';

export type SurvivedAttempts = {
  /** An attempt was counted durably; whether it is survived is known when the task ends. */
  noted(lane: LaneId, position: number): void;
  /** How many counted attempts of this event were survived. */
  of(lane: LaneId, position: number): number;
  /** The task that noted attempts ended: settled, or interrupted with this thread alive. */
  settled(): void;
  interrupted(): void;
};

export const createSurvivedAttempts = (): SurvivedAttempts => {
  const survived = new Map<string, number>();
  let open = new Set<string>();
  const nameOf = (lane: LaneId, position: number) => `${laneName(lane)}/${position}`;
  return {
    noted: (lane, position) => void open.add(nameOf(lane, position)),
    of: (lane, position) => survived.get(nameOf(lane, position)) ?? 0,
    settled: () => {
      for (const name of open) survived.delete(name);
      open = new Set();
    },
    interrupted: () => {
      for (const name of open) survived.set(name, (survived.get(name) ?? 0) + 1);
      open = new Set();
    },
  };
};
