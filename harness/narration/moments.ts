// When what begins and ends in a run, as log records: each is told once, when its time has come. Pure.
import { describeShape, rateAt } from '../scenario/rate-shape.ts';
import type { Phase } from '../scenario/scenario.ts';

export type Moment = {
  readonly atMs: number;
  readonly what: 'phase' | 'fault';
  readonly moment: 'begin' | 'end' | 'note';
  /** Of the phase or the fault. */
  readonly name: string;
  readonly text: string;
};

/** Phases fall where the plan put them, counted from the run's zero; drain is what comes after the last. */
export const phaseMoments = (phases: readonly Phase[], zeroAt: number): readonly Moment[] => {
  let from = zeroAt;
  const moments = phases.flatMap(({ name, seconds, ratePerSecond, shape }): Moment[] => {
    const to = from + seconds * 1000;
    const rate = `${ratePerSecond} operations a second${shape === undefined ? '' : `, ${describeShape(shape)},`}`;
    const begin = `phase ${name} begins: ${rate} for ${seconds} s`;
    const both: Moment[] = [
      { atMs: from, what: 'phase', moment: 'begin', name, text: begin },
      { atMs: to, what: 'phase', moment: 'end', name, text: `phase ${name} ends` },
    ];
    from = to;
    return both;
  });
  return [...moments, { atMs: from, what: 'phase', moment: 'begin', name: drainPhase, text: 'phase drain begins: no more traffic' }];
};

export const drainPhase = 'drain';

/** The phase of a moment; null before the zero. */
/** What the phase asks for at a moment: its rate goes as its shape does. */
export const askedRateAt = (phases: readonly Phase[], zeroAt: number, atMs: number): number => {
  let from = zeroAt;
  for (const phase of phases) {
    const to = from + phase.seconds * 1000;
    if (atMs >= from && atMs < to) return rateAt(phase, (atMs - from) / 1000);
    from = to;
  }
  return 0;
};

export const phaseOf = (phases: readonly Phase[], zeroAt: number, atMs: number): Phase | typeof drainPhase | null => {
  if (atMs < zeroAt) return null;
  let to = zeroAt;
  for (const phase of phases) {
    to += phase.seconds * 1000;
    if (atMs < to) return phase;
  }
  return drainPhase;
};
