// Rate shapes as lists of stages: pure, so that a plan can be shown and bounded before anything is sent.
import type { Stage } from './stage.ts';

export const shapeNames = ['constant', 'ramp', 'step', 'spike'] as const;
export type ShapeName = (typeof shapeNames)[number];

export type ShapeOptions = {
  readonly shape: ShapeName;
  readonly seconds: number;
  readonly ratePerSecond: number;
  /** The end of a ramp, the last step, the height of a spike. */
  readonly toPerSecond: number;
  /** Of a step. */
  readonly steps: number;
  /** How long a spike lasts; it stands in the middle. */
  readonly spikeSeconds: number;
};

export const stagesOf = (options: ShapeOptions): readonly Stage[] => {
  switch (options.shape) {
    case 'constant':
      return [flat('steady', 'steady', options.seconds, options.ratePerSecond)];
    case 'ramp':
      return [
        { name: 'ramp', kind: 'ramp', seconds: options.seconds, fromPerSecond: options.ratePerSecond, toPerSecond: options.toPerSecond },
      ];
    case 'step':
      return stepsOf(options);
    case 'spike':
      return spikeOf(options);
  }
};

const flat = (name: string, kind: Stage['kind'], seconds: number, rate: number): Stage => ({
  name,
  kind,
  seconds,
  fromPerSecond: rate,
  toPerSecond: rate,
});

const stepsOf = ({ seconds, ratePerSecond, toPerSecond, steps }: ShapeOptions): readonly Stage[] =>
  Array.from({ length: steps }, (_, step) => {
    const share = steps === 1 ? 1 : step / (steps - 1);
    return flat(`step-${step + 1}`, 'steady', seconds / steps, ratePerSecond + (toPerSecond - ratePerSecond) * share);
  });

const spikeOf = ({ seconds, ratePerSecond, toPerSecond, spikeSeconds }: ShapeOptions): readonly Stage[] => {
  const aroundSeconds = (seconds - spikeSeconds) / 2;
  return [
    flat('before', 'steady', aroundSeconds, ratePerSecond),
    flat('spike', 'spike', spikeSeconds, toPerSecond),
    flat('after', 'steady', aroundSeconds, ratePerSecond),
  ];
};

export const warmUp = (seconds: number, ratePerSecond: number): Stage => flat('warm-up', 'warm-up', seconds, ratePerSecond);
