// Whether an exporter is there. A metric of its own that every process of a role exports says so; that it was exported before says that it ought to be.
import type { Signal } from '../../../system/contract/signals.ts';
import type { Profile } from './profile.ts';
import { by, recent } from './promql.ts';

const heard = (signal: Signal, window: string): string => `group ${by()} (${recent(signal, window)})`;

/** Holds for each run that was heard before and is silent now; in production also where nothing was ever heard, since there somebody always should be. */
export const goneFor = (signal: Signal, { gone }: Profile): string => {
  const { after, remembered, orNever } = gone;
  const silent = `${heard(signal, remembered)}\n  unless ${heard(signal, after)}`;
  return orNever ? `(${silent})\n  or group ${by()} (absent_over_time(${signal.promName}[${after}]))` : silent;
};
