// Runs a group on its interval until it is told to stop: at times that are the same every time, each group's a little apart from the others'.
import type { Clock } from '../../../engine/clock.ts';
import type { EvaluatedGroup } from './rule-group.ts';

export type ScheduleCounts = {
  iterations: number;
  missedIterations: number;
  /** How often the clock was found set back by more than an interval. */
  clockSetBack: number;
};

/** Longer than this in one go, and others get their turn. */
const longestTurnMs = 10;

/** FNV-1a over UTF-16, for a spread and no more. */
const spreadOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
};

/** The slot at or before `nowMs`. */
export const slotAt = (nowMs: number, intervalMs: number, offsetMs: number): number =>
  Math.floor((nowMs - offsetMs) / intervalMs) * intervalMs + offsetMs;

const evaluateInTurns = async (group: EvaluatedGroup, atMs: number, clock: Clock): Promise<void> => {
  let turnBeganMs = clock.now();
  for (const _ of group.evaluate(atMs)) {
    if (clock.now() - turnBeganMs < longestTurnMs) continue;
    await clock.sleep(0);
    turnBeganMs = clock.now();
  }
};

export const runOnInterval = async (group: EvaluatedGroup, clock: Clock, counts: ScheduleCounts, signal: AbortSignal): Promise<void> => {
  const { intervalMs } = group;
  const offsetMs = spreadOf(`${group.group.file};${group.group.name}`) % intervalMs;
  let slotMs = slotAt(clock.now(), intervalMs, offsetMs) + intervalMs;
  for (;;) {
    await clock.sleep(slotMs - clock.now(), signal);
    if (signal.aborted) return;
    // Whoever slept for long enough, and finds its slot more than an interval away, has it from a clock that was set back since.
    const wokeAt = clock.now();
    if (slotMs - wokeAt > intervalMs) {
      counts.clockSetBack += 1;
      slotMs = slotAt(wokeAt, intervalMs, offsetMs);
    }
    await evaluateInTurns(group, slotMs, clock);
    counts.iterations += 1;
    slotMs = nextSlot(slotMs, clock.now(), { intervalMs, offsetMs }, counts);
  }
};

/** The one after it, or past those that the evaluation took too long for. By a clock that was set back it is the next one that this clock comes to. */
const nextSlot = (
  slotMs: number,
  nowMs: number,
  { intervalMs, offsetMs }: { readonly intervalMs: number; readonly offsetMs: number },
  counts: ScheduleCounts,
): number => {
  const currentMs = slotAt(nowMs, intervalMs, offsetMs);
  // By less than an interval: that slot was just evaluated, and its next one is near enough.
  if (currentMs + intervalMs < slotMs) {
    counts.clockSetBack += 1;
    return currentMs + intervalMs;
  }
  const nextMs = Math.max(slotMs + intervalMs, currentMs);
  counts.missedIterations += (nextMs - slotMs) / intervalMs - 1;
  return nextMs;
};
