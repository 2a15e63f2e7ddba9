// What a stack that was started by hand is, written down for `status` and `down`: which process keeps it, and where it listens.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
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

/** `ended`: it was killed, and could not say so. */
export const findStack = async (folder: string): Promise<Found> => {
  try {
    const state = JSON.parse(await readFile(stateFile(folder), 'utf8')) as StackState;
    return { kind: isAlive(state.keeper) ? 'running' : 'ended', state };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return { kind: 'none' };
    throw error;
  }
};
