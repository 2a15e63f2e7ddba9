// The last look at a run of which all has been taken down: what still carries its mark was left behind. It is ended, and told of by name.
import { readFileSync } from 'node:fs';
import type { Clock } from '../engine/clock.ts';
import { waitUntil } from '../engine/wait-until.ts';
import { isAlive, signalProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { allProcesses, markedProcesses, withDescendants } from './process-table.ts';

export type Swept = ProcessIdentity & { readonly command: string; readonly isGone: boolean };

/** One that was just told to end is not left behind. */
const settledWithinMs = 500;
/** For one that wants to end in order; then, and again, for the kernel. */
const withinMs = 2000;
const shownCharacters = 80;

/** Linux only, as the mark is: elsewhere nothing is found. */
export const sweepRun = async (run: string, clock: Clock): Promise<readonly Swept[]> => {
  const settled = { clock, withinMs: settledWithinMs, everyMs: 50 };
  const { last } = await waitUntil(
    async () => leftOf(run),
    (left) => left.length === 0,
    settled,
  );
  const found = last.map((identity) => ({ ...identity, command: commandOf(identity.pid) }));
  if (found.length === 0) return [];
  await end(found, 'SIGTERM', clock);
  const left = [...found.filter(isAlive), ...leftOf(run)];
  if (left.length > 0) await end(left, 'SIGKILL', clock);
  return found.map((each) => ({ ...each, isGone: !isAlive(each) }));
};

export const sweptText = ({ command, pid, isGone }: Swept): string =>
  `${command} (pid ${pid}) was left behind by the run, outside of what was taken down; ${isGone ? 'it was ended' : `it could not be ended: try kill -9 ${pid}`}`;

const leftOf = (run: string): readonly ProcessIdentity[] => {
  const table = allProcesses();
  return withDescendants(markedProcesses(run, table), table).filter(({ pid }) => pid !== process.pid);
};

const end = async (all: readonly ProcessIdentity[], signal: NodeJS.Signals, clock: Clock): Promise<void> => {
  for (const identity of all) trySignal(identity, signal);
  await waitUntil(
    async () => all.filter(isAlive),
    (left) => left.length === 0,
    { clock, withinMs, everyMs: 20 },
  );
};

const trySignal = (identity: ProcessIdentity, signal: NodeJS.Signals): void => {
  try {
    signalProcess(identity, signal);
  } catch {
    // Not permitted: it is told of as one that could not be ended.
  }
};

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ').slice(0, shownCharacters);
  } catch {
    return 'a process';
  }
};
