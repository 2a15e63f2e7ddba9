// How fast an import may go: up to its top rate, and below it as soon as live traffic feels it. A rule of feedback on two figures, which are looked at a few
// times a second: how far behind processors are, and how long a commit of the import itself takes, which waits for the same locks and the same disk as those
// of live ingest. No I/O; time is passed in.
import type { ImportBrake } from '../../contract/imports.ts';

export type ThrottleOptions = {
  /** Past these the import gives way, before live traffic is out of its own budgets. */
  readonly lagBudgetMs: number;
  readonly commitBudgetMs: number;
  readonly nowMs: () => number;
};

export type Pressure = {
  /** Age of the oldest event that a processor has not passed. */
  readonly lagMs: number;
  /** The longest of the import's own commits since the last look; null: there was none. */
  readonly commitMs: number | null;
};

export type Throttle = {
  /** The highest rate that operators allow, of what is imported just now. */
  setTop(ratePerSecond: number): void;
  observe(pressure: Pressure): void;
  /** Takes so many lines, and says how long to wait before they go. Null: not now; ask again after the next look. */
  take(lines: number): number | null;
  readonly ratePerSecond: () => number;
  readonly brake: () => ImportBrake;
};

/** It begins with this part of its top rate, and comes nearer to it with each look at which all is quiet. */
const firstPart = 1 / 8;
const part = 1 / 20;
/** Below this it does not go on falling: a trickle shows that there is room again. */
const leastPerSecond = 20;
/** Well within the budget there is room for more; between, the rate stays. */
const roomBelow = 0.6;
/** So far past the budget nothing goes until it is kept again. */
const haltAbove = 4;
const deepestCut = 0.5;
/** Lines that did not go while there was nothing to send are not made up for. */
const savedSeconds = 0.1;

export const createThrottle = ({ lagBudgetMs, commitBudgetMs, nowMs }: ThrottleOptions): Throttle => {
  let top = 0;
  let rate = 0;
  let halted = false;
  let brake: ImportBrake = null;
  let freeAtMs = nowMs();

  const give = (over: number, by: ImportBrake) => {
    halted = over > haltAbove;
    rate = Math.max(leastPerSecond, rate * Math.max(deepestCut, 1 / over));
    brake = by;
  };
  return {
    setTop: (ratePerSecond) => {
      if (ratePerSecond === top) return;
      top = ratePerSecond;
      rate = Math.min(rate === 0 ? Math.max(leastPerSecond, top * firstPart) : rate, top);
    },
    observe: ({ lagMs, commitMs }) => {
      const ofLag = lagMs / lagBudgetMs;
      const ofCommit = (commitMs ?? 0) / commitBudgetMs;
      const over = Math.max(ofLag, ofCommit);
      if (over > 1) return give(over, ofLag >= ofCommit ? 'lag' : 'latency');
      halted = false;
      if (over > roomBelow) return;
      rate = Math.min(top, rate + top * part);
      if (rate === top) brake = null;
    },
    take: (lines) => {
      if (halted) return null;
      const now = nowMs();
      const startsAtMs = Math.max(freeAtMs, now - savedSeconds * 1000);
      freeAtMs = startsAtMs + (lines / Math.min(rate, top)) * 1000;
      return Math.max(0, startsAtMs - now);
    },
    ratePerSecond: () => (halted ? 0 : Math.round(Math.min(rate, top))),
    brake: () => brake,
  };
};
