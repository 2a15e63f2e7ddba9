// Starts one process of the system and waits until it says that it is ready.
import { extname, join } from 'node:path';
import { HarnessError } from '../../engine/errors.ts';
import type { ProcessRole } from '../../scenario/scenario.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import { type SpawnedProcess, spawnProcess } from '../../stack/processes.ts';
import type { TargetProcess } from '../target.ts';

export type SystemProcess = {
  readonly target: TargetProcess;
  readonly spawned: SpawnedProcess;
  /** Where it takes datagrams and answers for itself alone; null: it takes none. */
  readonly datagrams: { readonly port: number; readonly admin: string } | null;
};

export type SystemProcessOptions = {
  readonly role: ProcessRole;
  readonly index: number;
  readonly systemFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly registry: ProcessRegistry;
  readonly now: () => number;
  readonly signal?: AbortSignal;
};

const readyWithinMs = 20_000;

/** Rejects with FL_TARGET_FAILED, and what the process said; it is ended then. */
export const startSystemProcess = async (options: SystemProcessOptions): Promise<SystemProcess> => {
  const { role, index, systemFolder, environment, logFolder, registry, now, signal } = options;
  const spawned = await spawnProcess({
    command: process.execPath,
    args: [join(systemFolder, 'main', `${role}${extname(import.meta.url)}`)],
    env: environment,
    role,
    logFile: join(logFolder, `${role}-${index}.log`),
    registry,
    failure: 'FL_TARGET_FAILED',
  });
  try {
    const { attributes, saidAt } = await spawned.ready(readyWithinMs, signal);
    const said = saidAt === undefined ? {} : { saidAt };
    return { spawned, datagrams: datagramsOf(attributes), target: { ...toTargetProcess(options, spawned, attributes, now()), ...said } };
  } catch (error) {
    await spawned.stop();
    throw error;
  }
};

const datagramsOf = ({ udp, admin }: Readonly<Record<string, unknown>>): SystemProcess['datagrams'] =>
  typeof udp === 'string' && typeof admin === 'string' ? { port: Number(new URL(udp.replace('udp:', 'http:')).port), admin } : null;

const toTargetProcess = (
  { role, index }: SystemProcessOptions,
  { pid, exited, kill }: SpawnedProcess,
  attributes: Readonly<Record<string, unknown>>,
  startedAt: number,
): TargetProcess => {
  const { instance, address } = attributes;
  if (typeof instance === 'string' && typeof address === 'string') return { role, index, pid, instance, address, startedAt, exited, kill };
  throw new HarnessError(
    'FL_TARGET_FAILED',
    `${role} ${index} became ready without saying its instance and address: ${JSON.stringify(attributes)}`,
  );
};
