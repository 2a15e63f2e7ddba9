// Too little CPU time for the target: processes of the harness burn it beside it. What the target felt is what the kernel says of its threads:
// how long they were ready to run and had to wait. Linux.
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultContext, FaultRunner } from './fault.ts';
import { createObservations } from './observations.ts';
import { type Look, runTimed } from './timed-fault.ts';

const program = fileURLToPath(new URL(`./programs/burn${extname(import.meta.url)}`, import.meta.url));
const measureMs = 1000;
/** Of the time in which it was ready to run, so much more must be waiting. */
const leastRise = 0.1;

export const cpuPressure: FaultRunner<'cpu-pressure'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const before = await waitingShare(context);
  let during = before;
  const look = async (event: string, holds: (share: number) => boolean): Promise<Look> => {
    const share = await waitingShare(context);
    if (event === 'starved') during = share;
    const observed = `the target's threads waited for ${percent(share)} of the time in which they could have run; before: ${percent(before)}`;
    return { is: holds(share), source: '/proc', observed, data: { event, before, share } };
  };
  return runTimed(fault, context, observations, {
    inject: () => startBurners(fault.burners, context),
    look: () => look('starved', (share) => share >= before + leastRise),
    lookAfter: () => look('healed', (share) => share < Math.max((before + during) / 2, before + leastRise)),
  });
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const startBurners = async (burners: number, { startHelper }: FaultContext): Promise<AsyncDisposable> => {
  await using undo = new AsyncDisposableStack();
  for (let n = 0; n < burners; n += 1) undo.use(await startHelper({ role: 'burner', program, args: [] }));
  return undo.move();
};

type Schedule = { readonly ranNs: number; readonly waitedNs: number };

/** Of the threads that there are at both ends of a second. */
const waitingShare = async ({ target, clock, signal }: FaultContext): Promise<number> => {
  const pids = target.processes().map(({ pid }) => pid);
  const first = await schedulesOf(pids);
  await clock.sleep(measureMs, signal);
  const last = await schedulesOf(pids);
  let [ranNs, waitedNs] = [0, 0];
  for (const [thread, now] of last) {
    const then = first.get(thread);
    if (then === undefined) continue;
    ranNs += now.ranNs - then.ranNs;
    waitedNs += now.waitedNs - then.waitedNs;
  }
  return ranNs + waitedNs === 0 ? 0 : waitedNs / (ranNs + waitedNs);
};

/** /proc/<pid>/task/<tid>/schedstat: nanoseconds on a CPU, nanoseconds ready and waiting, number of turns. */
const schedulesOf = async (pids: readonly number[]): Promise<ReadonlyMap<string, Schedule>> => {
  const threads = await Promise.all(
    pids.map(async (pid) => (await readdir(`/proc/${pid}/task`).catch(() => [])).map((tid) => `/proc/${pid}/task/${tid}/schedstat`)),
  );
  const read = await Promise.all(
    threads.flat().map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => null);
      if (text === null) return [];
      const [ranNs = 0, waitedNs = 0] = text.trim().split(' ').map(Number);
      return [[file, { ranNs, waitedNs }] as const];
    }),
  );
  return new Map(read.flat());
};
