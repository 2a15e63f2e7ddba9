// A phase as it is typed: `name=100/s,10s` or `name=100..500/s,10s`. A phase that is called warm-up is not judged.
import { readRate, readSeconds } from '../read-values.ts';
import type { Stage } from './stage.ts';

export const readPhase = (text: string): Stage | null => {
  const [, name, from, to = from, duration] =
    /^\s*([A-Za-z][\w-]*)\s*=\s*(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?(?:\/s)?\s*,\s*(\d+(?:\.\d+)?(?:ms|s|m|h))\s*$/.exec(text) ?? [];
  if (name === undefined || from === undefined || to === undefined || duration === undefined) return null;
  const [fromPerSecond, toPerSecond, seconds] = [readRate(from), readRate(to), readSeconds(duration)];
  if (fromPerSecond === null || toPerSecond === null || seconds === null) return null;
  return { name, kind: kindOf(name, fromPerSecond === toPerSecond), seconds, fromPerSecond, toPerSecond };
};

const kindOf = (name: string, isFlat: boolean): Stage['kind'] => {
  if (name === 'warm-up') return 'warm-up';
  if (name.startsWith('spike')) return 'spike';
  return isFlat ? 'steady' : 'ramp';
};
