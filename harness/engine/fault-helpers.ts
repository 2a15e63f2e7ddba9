// Programs of the harness that a fault needs for itself, such as one that burns CPU time: started as any process of the run, known to the reaper,
// and listed for as long as they live, so that what they use counts as ours.
import { join } from 'node:path';
import type { FaultContext, StartFaultHelper } from '../faults/fault.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';
import { spawnProcess } from '../stack/processes.ts';

export type FaultHelpers = {
  readonly start: StartFaultHelper;
  readonly promiseHealing: FaultContext['promiseHealing'];
  running(): readonly { readonly role: string; readonly pid: number }[];
};

/** Each burner of a CPU is started beside those that burn already. */
const readyWithinMs = 60_000;

export const createFaultHelpers = ({
  registry,
  logFolder,
}: {
  readonly registry: ProcessRegistry;
  readonly logFolder: string;
}): FaultHelpers => {
  const living = new Map<number, string>();
  const start: StartFaultHelper = async ({ role, program, args }) => {
    const spawned = await spawnProcess({
      command: process.execPath,
      args: [program, ...args],
      role,
      logFile: join(logFolder, `${role}.log`),
      registry,
      pipeInput: true,
      failure: 'FL_INTERNAL',
    });
    try {
      await spawned.ready(readyWithinMs);
    } catch (error) {
      await spawned.stop();
      throw error;
    }
    living.set(spawned.pid, role);
    void spawned.exited.then(() => living.delete(spawned.pid));
    const { pid, exited } = spawned;
    return { pid, exited, [Symbol.asyncDispose]: () => spawned[Symbol.asyncDispose]() };
  };
  return {
    start,
    promiseHealing: (command) => registry.addHealing(command),
    running: () => [...living].map(([pid, role]) => ({ role, pid })),
  };
};
