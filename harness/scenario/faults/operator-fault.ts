// What an operator does to a running target, as a scenario says it: nothing breaks, but everything else goes on meanwhile.
import type { FaultMoment } from '../fault-moment.ts';

export const operatorEffects = ['rebuild', 'erase', 'replay'] as const;
export type OperatorEffect = (typeof operatorEffects)[number];

/** Dead letters begun a second, at most, in a fault that replays. */
export const replaysPerSecond = 5;

export type OperatorFault = {
  readonly kind: 'operator';
  readonly name: string;
  readonly at: FaultMoment;
  /** Within so many seconds it is done; the fault lasts no longer than that. */
  readonly seconds: number;
  /**
   * `rebuild`: a new version of the timelines is started, switched to too early (which must be refused), and, once it has caught up and was compared, switched to and gone back from, twice.
   * `erase`: what is parked is replayed, a version is built, and beside both the object with the most events and one that is parked are erased.
   * `replay`: once no key is being retried any more all dead letters are fixed (what makes user code fail is taken out) and replayed at `replaysPerSecond`, each by a request that is sent twice.
   */
  readonly effect: OperatorEffect;
};
