// How many iterations a stage of k6 has, rounded up: where the requests of the next stage begin in the list.
import type { K6Stage } from './k6-plan.ts';

export const expectedOf = ({ seconds, fromPerSecond, toPerSecond }: K6Stage): number =>
  Math.ceil(((fromPerSecond + toPerSecond) / 2) * seconds - 1e-9);
