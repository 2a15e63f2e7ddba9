// What can be wrong with a database that still has its data: each effect has its steps in a file of its own.
import type { DatabaseEffect } from '../scenario/faults/database-fault.ts';
import { connections } from './database/connections.ts';
import { diskFull } from './database/disk-full.ts';
import { idleTransaction, longSnapshot } from './database/held-transaction.ts';
import { lock } from './database/lock.ts';
import { readOnly } from './database/read-only.ts';
import { restart } from './database/restart.ts';
import type { DatabaseSteps } from './database/steps.ts';
import type { FaultRunner } from './fault.ts';
import { createObservations } from './observations.ts';
import { runTimed } from './timed-fault.ts';

const effects: { readonly [Effect in DatabaseEffect['effect']]: DatabaseSteps<Effect> } = {
  restart,
  lock,
  connections,
  'disk-full': diskFull,
  'read-only': readOnly,
  'idle-transaction': idleTransaction,
  'long-snapshot': longSnapshot,
};

export const databaseEffects: readonly string[] = Object.keys(effects);

export const database: FaultRunner<'database'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const steps = await (effects[fault.effect] as DatabaseSteps<DatabaseEffect['effect']>)(fault, context);
  return runTimed(fault, context, observations, steps);
};
