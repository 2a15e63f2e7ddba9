// A process that has no descriptor left: its limit is put to the lowest number that it does not use, so that nothing more can be opened or accepted.
// Connections that it has go on. Linux, by prlimit; as the owner of the process.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { TargetProcess } from '../targets/target.ts';
import type { FaultRunner } from './fault.ts';
import { findProcess } from './find-process.ts';
import { createHttpProbe } from './link/http-probe.ts';
import { askFresh } from './link/probe.ts';
import { createObservations } from './observations.ts';
import { type Look, runTimed } from './timed-fault.ts';

const run = promisify(execFile);
const patienceMs = 1000;

export const descriptors: FaultRunner<'descriptors'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const victim = findProcess(context.target, fault.role, fault.index);
  const before = await limitOf(victim.pid);
  let ended = false;
  void victim.exited.then(() => {
    ended = true;
  });
  /** Its number may be another's once it has ended. */
  const set = async (limit: number): Promise<void> => {
    if (!ended) await setLimit(victim.pid, limit);
  };
  /** One that was open for a moment only must not leave room behind. */
  const tighten = async (): Promise<void> => {
    const limit = (await lowestFree(victim.pid)) + (fault.spare ?? 0);
    if (limit < (await limitOf(victim.pid))) await set(limit);
  };
  return runTimed(fault, context, observations, {
    inject: async () => {
      await tighten();
      return { [Symbol.asyncDispose]: () => set(before) };
    },
    look: async () => {
      await tighten();
      return look(victim, (limit, free, answered) => limit < before && free <= (fault.spare ?? 0) && !answered, 'used-up');
    },
    lookAfter: () => look(victim, (limit, _free, answered) => limit === before && answered, 'healed'),
  });
};

/** By the kernel, how many it may still open; by a client, whether it still takes one in. */
const look = async (
  { pid, role, index, address }: TargetProcess,
  holds: (limit: number, free: number, answered: boolean) => boolean,
  event: string,
): Promise<Look> => {
  const [limit, lowest] = [await limitOf(pid), await lowestFree(pid)];
  const free = Math.max(0, limit - lowest);
  const asked = await askFresh(createHttpProbe(address), patienceMs);
  const client = asked.ok ? 'is answered' : `is not answered (${asked.why})`;
  const observed = `${role} ${index} may use descriptors below ${limit}, its lowest free one is ${lowest}; a new client ${client}`;
  return { is: holds(limit, free, asked.ok), source: '/proc', observed, data: { event, pid, limit, lowest, asked } };
};

const limitOf = async (pid: number): Promise<number> => {
  const limits = await readFile(`/proc/${pid}/limits`, 'utf8');
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
};

const lowestFree = async (pid: number): Promise<number> => {
  const used = new Set((await readdir(`/proc/${pid}/fd`)).map(Number));
  let lowest = 0;
  while (used.has(lowest)) lowest += 1;
  return lowest;
};

/** The soft limit alone: the hard one stays, so that it can be put back. */
const setLimit = async (pid: number, limit: number): Promise<void> => {
  await run('prlimit', ['--pid', String(pid), `--nofile=${limit === Number.MAX_SAFE_INTEGER ? 'unlimited' : limit}:`]);
};
