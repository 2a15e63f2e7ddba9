// What every fault of the database is given, and what it gives: its three steps.
import type { DatabaseEffect } from '../../scenario/faults/database-fault.ts';
import type { FaultContext } from '../fault.ts';
import type { TimedSteps } from '../timed-fault.ts';

export type DatabaseSteps<Effect extends DatabaseEffect['effect']> = (
  effect: Extract<DatabaseEffect, { readonly effect: Effect }>,
  context: FaultContext,
) => Promise<TimedSteps>;
