// The map of faults: kind -> what runs it. Explicit, so that a new kind does not compile until it has a runner.
import type { Fault } from '../scenario/scenario.ts';
import type { FaultEvidence } from '../engine/run-data.ts';
import type { FaultContext, FaultRegistry } from './fault.ts';
import { kill } from './kill.ts';
import { pause } from './pause.ts';

export const faults: FaultRegistry = { kill, pause };

export type RunFault = (fault: Fault, context: FaultContext) => Promise<FaultEvidence>;

export const createRunFault =
  (registry: FaultRegistry): RunFault =>
  (fault, context) => {
    switch (fault.kind) {
      case 'kill':
        return registry.kill(fault, context);
      case 'pause':
        return registry.pause(fault, context);
    }
  };
