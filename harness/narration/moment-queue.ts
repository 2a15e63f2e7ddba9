// Moments that were not told yet: planned ones until their time has come, then all until the stack has taken them. Bounded: the oldest go first.
import type { Moment } from './moments.ts';

export type MomentQueue = {
  /** Told when their time has come. */
  plan(moments: readonly Moment[]): void;
  add(moment: Moment): void;
  /** What is to be told now, in order of time; it stays until `told`. */
  due(nowMs: number): readonly Moment[];
  told(moments: readonly Moment[]): void;
};

export const createMomentQueue = (most: number): MomentQueue => {
  let planned: readonly Moment[] = [];
  let waiting: readonly Moment[] = [];
  const wait = (moments: readonly Moment[]): void => void (waiting = [...waiting, ...moments].slice(-most));
  return {
    plan: (moments) => void (planned = moments),
    add: (moment) => wait([moment]),
    due: (nowMs) => {
      wait(planned.filter(({ atMs }) => atMs <= nowMs));
      planned = planned.filter(({ atMs }) => atMs > nowMs);
      return waiting.toSorted((left, right) => left.atMs - right.atMs);
    },
    told: (moments) => void (waiting = waiting.filter((moment) => !moments.includes(moment))),
  };
};
