// Runs a group on its interval until it is told to stop: at times that are the same every time, each group's a little apart from the others'.
import type { Clock } from '../../../engine/clock.ts';
import type { EvaluatedGroup } from './rule-group.ts';

export type ScheduleCounts = { iterations: number; missedIterations: number };

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
    await evaluateInTurns(group, slotMs, clock);
    counts.iterations += 1;
    const nextMs = Math.max(slotMs + intervalMs, slotAt(clock.now(), intervalMs, offsetMs));
    counts.missedIterations += (nextMs - slotMs) / intervalMs - 1;
    slotMs = nextMs;
  }
};
