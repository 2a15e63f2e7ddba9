// The map of faults: kind -> what runs it. Explicit, so that a new kind does not compile until it has a runner.
import type { Fault } from '../scenario/scenario.ts';
import type { FaultEvidence } from '../engine/run-data.ts';
import { operatorEffects } from '../scenario/faults/operator-fault.ts';
import type { FaultContext, FaultRegistry, FaultRunner } from './fault.ts';
import { badRelease } from './bad-release.ts';
import { clock } from './clock.ts';
import { container, containerEffects } from './container.ts';
import { cpuPressure } from './cpu-pressure.ts';
import { crashLoop } from './crash-loop.ts';
import { database, databaseEffects } from './database.ts';
import { datagramEffects, datagrams } from './datagrams.ts';
import { descriptors } from './descriptors.ts';
import { importFile } from './import.ts';
import { kill } from './kill.ts';
import { memoryPressure } from './memory-pressure.ts';
import { network, networkEffects } from './network.ts';
import { operator } from './operator.ts';
import { pause } from './pause.ts';
import { restart } from './restart.ts';
import { slowStart } from './slow-start.ts';

export const faults: FaultRegistry = {
  kill,
  pause,
  'crash-loop': crashLoop,
  restart,
  'slow-start': slowStart,
  descriptors,
  clock,
  'bad-release': badRelease,
  'cpu-pressure': cpuPressure,
  'memory-pressure': memoryPressure,
  network,
  datagrams,
  database,
  container,
  import: importFile,
  operator,
};

type WithEffects<Each extends Fault = Fault> = Each extends { readonly effect: string } ? Each['kind'] : never;

const effects: { readonly [Kind in WithEffects]: readonly string[] } = {
  network: networkEffects,
  datagrams: datagramEffects,
  database: databaseEffects,
  container: containerEffects,
  operator: operatorEffects,
};

/** Every kind, and of those that have effects each of them: `kill`, `network latency`. */
export const faultNames: readonly string[] = Object.keys(faults).flatMap((kind) =>
  kind in effects ? effects[kind as WithEffects].map((effect) => `${kind} ${effect}`) : [kind],
);

export type RunFault = (fault: Fault, context: FaultContext) => Promise<FaultEvidence>;

/** A fault and the runner of its kind belong together; the compiler can't see that of a union. */
export const createRunFault =
  (registry: FaultRegistry): RunFault =>
  (fault, context) =>
    (registry[fault.kind] as FaultRunner)(fault, context);
