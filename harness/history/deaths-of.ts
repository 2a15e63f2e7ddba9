// When processes died of a fault: what they had not exported went with them. Who is stopped in order, or ends by itself with code 0, exports it first.
import type { FaultEvidence } from '../engine/run-data.ts';

/** Epoch milliseconds. The blow, and every exit that was seen: a loop of crashes has several, and a wrong clock one more when it is healed. */
export const deathsOf = ({ kind, injectedAt, tookEffect, observations }: FaultEvidence): readonly number[] =>
  tookEffect && kind !== 'restart' ? [injectedAt, ...observations.filter(({ data }) => isDeath(data)).map(({ at }) => at)] : [];

const isDeath = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'event' in data && data.event === 'exited' && !('code' in data && data.code === 0);
