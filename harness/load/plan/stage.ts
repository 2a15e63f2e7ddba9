// A stretch of a load run: its rate goes in a straight line from one value to the other. A whole plan is a list of these.

export type StageKind = 'warm-up' | 'steady' | 'ramp' | 'spike';

export type Stage = {
  /** Unique in the plan; gates are given for it by this name. */
  readonly name: string;
  /** `warm-up` is measured and shown, and never judged. */
  readonly kind: StageKind;
  readonly seconds: number;
  /** Arrivals a second at its begin and at its end. */
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
};

/** The area under the rate: how many arrivals are due in it, a fraction too. */
export const expectedArrivals = ({ seconds, fromPerSecond, toPerSecond }: Stage): number => ((fromPerSecond + toPerSecond) / 2) * seconds;

export const totalSeconds = (stages: readonly Stage[]): number => stages.reduce((sum, { seconds }) => sum + seconds, 0);
export const totalArrivals = (stages: readonly Stage[]): number => stages.reduce((sum, stage) => sum + expectedArrivals(stage), 0);
export const highestRate = (stages: readonly Stage[]): number =>
  Math.max(0, ...stages.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]));
