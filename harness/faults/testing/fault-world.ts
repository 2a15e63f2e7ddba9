// For tests of faults: a target of which only a part is real, and the context of a fault.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../engine/clock.ts';
import { createFaultHelpers } from '../../engine/fault-helpers.ts';
import { createRegistry } from '../../stack/process-registry.ts';
import type { RunningTarget } from '../../targets/target.ts';
import type { FaultContext } from '../fault.ts';

const refuse = (what: string) => (): never => {
  throw new Error(`this target has no ${what}`);
};

/** A target that has what it is given, and refuses the rest. */
export const partialTarget = (parts: Partial<RunningTarget>): RunningTarget => ({
  ingestUrl: '',
  queryUrl: '',
  databaseUrl: '',
  processes: () => [],
  restart: refuse('process that can be started again'),
  pending: () => Promise.resolve([]),
  readBack: refuse('final state'),
  query: refuse('database'),
  lockReadModel: refuse('read model'),
  [Symbol.asyncDispose]: () => Promise.resolve(),
  ...parts,
});

export type FaultWorld = AsyncDisposable & {
  context(target: RunningTarget, signal?: AbortSignal): FaultContext;
  /** Of a fault that may last long, and is over as soon as its effect was seen: however long a busy machine needs for it. */
  untilSeen(target: RunningTarget): FaultContext;
  readonly notes: string[];
};

/** Helpers that a fault starts are real processes of a registry of their own. */
export const openFaultWorld = async (): Promise<FaultWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-faults-'));
  const registry = createRegistry(join(folder, 'processes.ndjson'), `faults-${process.pid}`, Date.now);
  const helpers = createFaultHelpers({ registry, logFolder: folder });
  const notes: string[] = [];
  const context: FaultWorld['context'] = (target, signal = new AbortController().signal) => ({
    target,
    clock: systemClock,
    signal,
    seed: 1,
    startHelper: helpers.start,
    promise: () => {},
    promiseHealing: helpers.promiseHealing,
    note: (text) => void notes.push(text),
  });
  return {
    notes,
    context,
    untilSeen: (target) => {
      const seen = new AbortController();
      const note = (text: string): void => {
        notes.push(text);
        seen.abort();
      };
      return { ...context(target, seen.signal), note };
    },
    [Symbol.asyncDispose]: async () => {
      registry[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
