// How the rate goes within a phase: from ratePerSecond to what the shape says. Expected values only; what is drawn from the seed is drawn where traffic is planned.
import { cosOfTurns } from '../traffic/exact-math.ts';
import type { Phase, RateShape } from './scenario.ts';

type Shaped = Pick<Phase, 'ratePerSecond' | 'seconds' | 'shape'>;

/** The rate at a moment of the phase. Bursts come at random: for them it is what is expected. */
export const rateAt = ({ ratePerSecond: from, seconds, shape }: Shaped, atSeconds: number): number => {
  if (shape === undefined) return from;
  const to = shape.toPerSecond;
  switch (shape.kind) {
    case 'ramp':
      return from + ((to - from) * atSeconds) / seconds;
    case 'step':
      return (
        from + ((to - from) * Math.min(shape.steps - 1, Math.floor((atSeconds * shape.steps) / seconds))) / Math.max(1, shape.steps - 1)
      );
    case 'spike':
      return atSeconds >= shape.afterSeconds && atSeconds < shape.afterSeconds + shape.seconds ? to : from;
    case 'diurnal':
      return from + ((to - from) * (1 - cosOfTurns(atSeconds / shape.periodSeconds))) / 2;
    case 'bursty':
      return from + (to - from) * burstShare(shape);
  }
};

export const burstShare = ({ burstSeconds, calmSeconds }: Extract<RateShape, { readonly kind: 'bursty' }>): number =>
  burstSeconds / (burstSeconds + calmSeconds);

const samples = 1000;

/** The mean over the phase. */
export const meanRate = (phase: Shaped): number => {
  if (phase.shape === undefined) return phase.ratePerSecond;
  let sum = 0;
  for (let sample = 0; sample < samples; sample += 1) sum += rateAt(phase, ((sample + 0.5) * phase.seconds) / samples);
  return sum / samples;
};

export const peakRate = ({ ratePerSecond, shape }: Shaped): number => Math.max(ratePerSecond, shape?.toPerSecond ?? 0);

export const describeShape = (shape: RateShape): string => {
  const to = `${shape.toPerSecond}/s`;
  switch (shape.kind) {
    case 'ramp':
      return `ramp to ${to}`;
    case 'step':
      return `${shape.steps} steps to ${to}`;
    case 'spike':
      return `spike of ${to} for ${shape.seconds} s after ${shape.afterSeconds} s`;
    case 'diurnal':
      return `days of ${shape.periodSeconds} s, up to ${to}`;
    case 'bursty':
      return `bursts of ${to} for ${shape.burstSeconds} s, every ${shape.burstSeconds + shape.calmSeconds} s on average`;
  }
};
