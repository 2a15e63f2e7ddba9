// What an operator does, on a desk of ours: one that does as it is asked, and one that refuses everything.
import { partialTarget } from '../../../faults/testing/fault-world.ts';
import { type OperatorEffect, operatorEffects } from '../../../scenario/faults/operator-fault.ts';
import type { Fault } from '../../../scenario/scenario.ts';
import type { OperatorAccess, RunningTarget } from '../../../targets/target.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';

const refusing: OperatorAccess = {
  ask: async () => ({ status: 409, body: {} }),
  look: async () => ({ served_version: 1, versions: [], comparison: null, done_at: null }),
};

/** A version is built and compared as soon as it is asked for; a switch before the comparison is refused. */
const createDesk = (): OperatorAccess => {
  const asked: string[] = [];
  let served = 1;
  const isCompared = () => asked.includes('compare');
  const act = (action: string): number => {
    if (action === 'switch' && !isCompared()) return 409;
    asked.push(action);
    if (action === 'switch') served = 2;
    if (action === 'back') served = 1;
    return 200;
  };
  return {
    ask: async (path, { action }) => ({
      status: path === '/rebuilds' ? act(String(action)) : 202,
      body: { version: 2, erasure: 1, job: 1, known: true },
    }),
    look: async () => ({
      served_version: served,
      versions: [{ version: 2, lag_seconds: 0, lag: 0, position: 5 }],
      comparison: isCompared() ? { version: 2, outcome: 'equal', differing: 0 } : null,
      done_at: 'now',
      open: 0,
      after: {},
    }),
  };
};

const openStage = async (operator: OperatorAccess): Promise<Stage> => {
  const query = (async () => [
    { systemName: 's', objectId: 'o', lane: 0, upTo: 1, keys: 0, id: 1, at: 0 },
  ]) as unknown as RunningTarget['query'];
  return { target: partialTarget({ query, operator }), [Symbol.asyncDispose]: async () => {} };
};

const caseOf = (effect: OperatorEffect): FaultCase => {
  const fault: Fault = { kind: 'operator', name: effect, at: moment, seconds: 3, effect };
  return {
    of: `operator ${effect}`,
    isSlow: true,
    red: claimsNothing('a desk that refuses everything: nothing was done', { fault, open: () => openStage(refusing) }),
    green: seenOnAndGoneAfter({ fault, open: () => openStage(createDesk()) }),
  };
};

export const operatorCases: readonly FaultCase[] = operatorEffects.map(caseOf);
