// Those who consume elsewhere: a process for each instance, which faults may kill and pause. Their records become consumed.ndjson. Judges nothing.
import { join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import type { ConsumerVictims } from '../faults/fault.ts';
import type { Consumers } from '../scenario/consumers.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';
import { type ProcessExit, type SpawnedProcess, spawnProcess } from '../stack/processes.ts';
import { createSlots } from '../stack/slots.ts';
import type { RunningTarget, VictimProcess } from '../targets/target.ts';
import type { ConsumerJob } from './consumer-job.ts';
import { gatherRecords } from './gather-records.ts';

export type StartConsumers = {
  readonly consumers: Consumers;
  /** Names of programs and addresses, as the target has them now. */
  readonly program: NonNullable<RunningTarget['consumerProgram']>;
  readonly file: string;
  readonly logFolder: string;
  readonly registry: ProcessRegistry;
  readonly signal: AbortSignal;
};

export type RunningConsumers = AsyncDisposable &
  ConsumerVictims & {
    running(): readonly { readonly role: string; readonly pid: number }[];
  };

/** One consumer: all instances share its lanes. */
export const consumerName = 'elsewhere';

const readyWithinMs = 20_000;

type Started = { readonly victim: VictimProcess; readonly spawned: SpawnedProcess; readonly file: string; exit: ProcessExit | null };

/** Resolves when each has said that it is ready. Disposing ends them in order, and writes the file. Rejects with FL_INTERNAL, and leaves none behind. */
export const startConsumers = async (options: StartConsumers): Promise<RunningConsumers> => {
  const all: Started[] = [];
  const current = (index: number): Started | undefined => all.findLast(({ victim }) => victim.index === index);
  const start = async (index: number): Promise<VictimProcess> => {
    const started = await startOne(options, index, all.filter(({ victim }) => victim.index === index).length);
    all.push(started);
    return started.victim;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(all.map(({ spawned }) => spawned.stop()));
  };
  const indexes = options.consumers.instances.map((_door, index) => index);
  const results = await Promise.allSettled(indexes.map(start));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const slots = createSlots(systemClock);
  let ending: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    // Who ended before it was told to is not whole, unless a fault killed it.
    const killed = new Set(all.filter(({ exit }) => exit?.signal === 'SIGKILL'));
    await stop();
    const records = all.map((each) => ({ file: each.file, wasKilled: killed.has(each) }));
    await gatherRecords(options.file, records);
  };
  return {
    processes: () => indexes.flatMap((index) => current(index)?.victim ?? []),
    restart: async (index) => {
      const before = current(index);
      if (before === undefined) throw new HarnessError('FL_INTERNAL', `consumer ${index} never ran, so it can't be started again`);
      return slots.fill(`consumer ${index}`, before.victim, () => start(index));
    },
    running: () => all.filter(({ exit }) => exit === null).map(({ spawned }) => ({ role: 'consumer', pid: spawned.pid })),
    [Symbol.asyncDispose]: () => (ending ??= end()),
  };
};

const startOne = async (
  { consumers, program, logFolder, registry, signal }: StartConsumers,
  index: number,
  before: number,
): Promise<Started> => {
  const door = consumers.instances[index] ?? 'client';
  const { leaseMs, handleMs, checkpointMs } = consumers;
  const { args, urls } = program(door);
  const url = urls[index % urls.length];
  if (url === undefined) throw new HarnessError('FL_INTERNAL', 'the target has no address for those who consume elsewhere');
  const instance = `consumer-${index}-${before + 1}`;
  const file = join(logFolder, `${instance}.ndjson`);
  const job: ConsumerJob = { url, consumer: consumerName, instance, index, door, leaseMs, handleMs, checkpointMs, file };
  const spawned = await spawnProcess({
    command: process.execPath,
    args: [...args, JSON.stringify(job)],
    role: 'consumer',
    logFile: join(logFolder, `${instance}.log`),
    registry,
    failure: 'FL_INTERNAL',
  });
  try {
    await spawned.ready(readyWithinMs, signal);
  } catch (error) {
    await spawned.stop();
    throw error;
  }
  const { pid, exited, kill } = spawned;
  const started: Started = { victim: { role: 'consumer', index, pid, instance, exited, kill }, spawned, file, exit: null };
  void exited.then((exit) => (started.exit = exit));
  return started;
};
