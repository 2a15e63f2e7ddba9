// How fast an import may go: up to its top rate, and below it as soon as live traffic feels it. A rule of feedback on two figures, which are looked at a few
// times a second: how far behind processors are, and how long a commit of the import itself takes, which waits for the same locks and the same disk as those
// of live ingest. What live traffic leaves is one rate for all imports together; the top rate is each import's own, and a slow one holds no other up. No I/O;
// time is passed in.
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

/** What is imported just now. */
export type Paced = {
  readonly import: number;
  /** The highest rate that operators allow it. */
  readonly ratePerSecond: number;
};

export type Throttle = {
  /** Whose lines come from here on. */
  turnTo(paced: Paced): void;
  observe(pressure: Pressure): void;
  /** Takes so many lines, and says how long to wait before they go. Null: not within that time, and nothing was taken; ask again after the next look. */
  take(lines: number, withinMs: number): number | null;
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
  let current: Paced = { import: 0, ratePerSecond: 0 };
  let rate = 0;
  let halted = false;
  let brake: ImportBrake = null;
  const all = createLine(nowMs);
  const own = createLines(nowMs);

  const effective = () => Math.min(rate, current.ratePerSecond);
  const give = (over: number, by: ImportBrake) => {
    halted = over > haltAbove;
    rate = Math.max(leastPerSecond, effective() * Math.max(deepestCut, 1 / over));
    brake = by;
  };
  return {
    turnTo: (paced) => {
      current = paced;
      if (rate === 0) rate = Math.max(leastPerSecond, paced.ratePerSecond * firstPart);
    },
    observe: ({ lagMs, commitMs }) => {
      const ofLag = lagMs / lagBudgetMs;
      const ofCommit = (commitMs ?? 0) / commitBudgetMs;
      const over = Math.max(ofLag, ofCommit);
      if (over > 1) return give(over, ofLag >= ofCommit ? 'lag' : 'latency');
      halted = false;
      if (over > roomBelow) return;
      const top = current.ratePerSecond;
      // One that goes slower by itself takes nothing back from those that come after it.
      rate = Math.max(rate, Math.min(top, rate + top * part));
      if (rate >= top) brake = null;
    },
    take: (lines, withinMs) => {
      if (halted) return null;
      const mine = own.of(current.import);
      const waitMs = Math.max(all.waitMs(), mine.waitMs());
      if (waitMs > withinMs) return null;
      all.take(waitMs, lines, rate);
      mine.take(waitMs, lines, current.ratePerSecond);
      return waitMs;
    },
    ratePerSecond: () => (halted ? 0 : Math.round(effective())),
    brake: () => brake,
  };
};

type Line = {
  /** Until the next may go. */
  waitMs(): number;
  take(waitMs: number, lines: number, ratePerSecond: number): void;
};

const createLine = (nowMs: () => number): Line => {
  let freeAtMs = nowMs();
  return {
    waitMs: () => Math.max(0, freeAtMs - nowMs()),
    take: (waitMs, lines, ratePerSecond) => {
      const startsAtMs = waitMs > 0 ? nowMs() + waitMs : Math.max(freeAtMs, nowMs() - savedSeconds * 1000);
      freeAtMs = startsAtMs + (lines / ratePerSecond) * 1000;
    },
  };
};

/** Those that are free owe nothing, and are forgotten. */
const createLines = (nowMs: () => number): { of(id: number): Line } => {
  const lines = new Map<number, Line>();
  return {
    of: (id) => {
      const known = lines.get(id);
      if (known !== undefined) return known;
      for (const [other, line] of lines) if (line.waitMs() === 0) lines.delete(other);
      const made = createLine(nowMs);
      lines.set(id, made);
      return made;
    },
  };
};
