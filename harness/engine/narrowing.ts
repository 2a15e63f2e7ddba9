// What a target's lacks leave of a verdict: a check that needs what is not offered is not run, and is named with the reason.
import { impossibleFor, type Lacks, type Needs, type Offer } from '../targets/offers.ts';
import type { NotPossible } from './verdict.ts';

export type NarrowingNeeds = {
  /** By the name of the check. */
  readonly checks: Needs;
  readonly budgets: readonly Offer[];
};

export type Narrowing = {
  allowsCheck(name: string): boolean;
  allowsBudget(name: string, phase: string): boolean;
  /** Everything that was asked for and was not allowed. */
  readonly notPossible: readonly NotPossible[];
};

export const createNarrowing = (lacks: Lacks, { checks, budgets }: NarrowingNeeds): Narrowing => {
  const notPossible: NotPossible[] = [];
  const allows = (check: string, needed: readonly Offer[]): boolean => {
    const why = impossibleFor(needed, lacks);
    if (why !== null) notPossible.push({ check, why });
    return why === null;
  };
  return {
    allowsCheck: (name) => allows(name, checks[name] ?? []),
    allowsBudget: (name, phase) => allows(`budget/${name}@${phase}`, budgets),
    notPossible,
  };
};
