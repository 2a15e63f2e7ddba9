// Mistakes in how a phase's rate goes, each with its place.
import { isAmount, isWhole, type Reporter } from './problem.ts';
import type { Phase, RateShape } from './scenario.ts';

const shapeKinds: readonly RateShape['kind'][] = ['ramp', 'step', 'spike', 'diurnal', 'bursty'];

export const shapeProblems = ({ shape, seconds }: Phase, place: string, report: Reporter): void => {
  if (shape === undefined) return;
  if (!shapeKinds.includes(shape.kind))
    return report(`${place}.kind`, `must be one of ${shapeKinds.join(', ')}, not ${JSON.stringify(shape.kind)}`);
  if (!isAmount(shape.toPerSecond)) report(`${place}.toPerSecond`, `must be a number above 0, not ${JSON.stringify(shape.toPerSecond)}`);
  switch (shape.kind) {
    case 'step':
      if (!isWhole(shape.steps, 2, 1000)) report(`${place}.steps`, 'must be a whole number from 2 to 1000');
      return;
    case 'spike':
      if (!(shape.afterSeconds >= 0 && shape.afterSeconds < seconds))
        report(`${place}.afterSeconds`, `must be within the ${seconds} s of the phase`);
      if (!(isAmount(shape.seconds) && shape.afterSeconds + shape.seconds <= seconds))
        report(`${place}.seconds`, `must be above 0, and the spike must end within the ${seconds} s of the phase`);
      return;
    case 'diurnal':
      if (!isAmount(shape.periodSeconds)) report(`${place}.periodSeconds`, 'must be a number above 0');
      return;
    case 'bursty':
      for (const field of ['burstSeconds', 'calmSeconds'] as const)
        if (!(isAmount(shape[field]) && shape[field] >= 0.01)) report(`${place}.${field}`, 'must be a number of at least 0.01');
      return;
    case 'ramp':
  }
};
