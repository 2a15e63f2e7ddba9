// What a stack that was started by hand is, written down for `status` and `down`: which process keeps it, and where it listens.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explain, HarnessError } from '../engine/errors.ts';
import { isAlive, type ProcessIdentity } from '../stack/process-identity.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { writeJson } from '../engine/write-json.ts';

export type StackState = Pick<RunningStack, 'runtime' | 'endpoints' | 'versions' | 'processes'> & {
  readonly format: 1;
  /** The process of `up`: it takes everything down when it is told to end. */
  readonly keeper: ProcessIdentity;
  readonly startedAt: string;
  readonly warnings: readonly string[];
};

export const stateFile = (folder: string): string => join(folder, 'stack.json');

export const writeState = (folder: string, state: StackState): Promise<void> => writeJson(stateFile(folder), state);

export const removeState = (folder: string): Promise<void> => rm(stateFile(folder), { force: true });

export type Found = { readonly kind: 'none' } | { readonly kind: 'running' | 'ended'; readonly state: StackState };

/** `ended`: it was killed, and could not say so. Rejects with a HarnessError where the file is another's, or can't be read. */
export const findStack = async (folder: string): Promise<Found> => {
  const found = await readState(stateFile(folder));
  if (found === undefined) return { kind: 'none' };
  // Of another version, perhaps, whose stack runs: neither none nor ours to end.
  if (!isState(found))
    throw new HarnessError(
      'FL_STACK_FAILED',
      `${stateFile(folder)} is not what this version writes; end the stack that it speaks of with the version that started it, then remove it`,
    );
  return { kind: isAlive(found.keeper) ? 'running' : 'ended', state: found };
};

/** undefined: there is none, or one that was cut. */
const readState = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw new HarnessError('FL_FOLDER_NOT_WRITABLE', `${file} cannot be read: ${explain(error)}`, { cause: error });
  }
};

const isState = (found: unknown): found is StackState => {
  const { format, keeper, endpoints } = (found ?? {}) as Partial<StackState>;
  return format === 1 && typeof keeper?.pid === 'number' && typeof keeper.startTime === 'string' && typeof endpoints === 'object';
};
