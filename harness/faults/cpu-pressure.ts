// Too little CPU time for the target: processes of the harness burn it beside it. What the target felt is what the kernel says of its threads:
// how long they were ready to run and had to wait. They wait for others as well, as when more is sent to them: beside it the burners must have burnt. Linux.
import { availableParallelism } from 'node:os';
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
/** Of the CPUs that they could have at once, the burners must have had so much. */
const leastBurnt = 0.1;

export const cpuPressure: FaultRunner<'cpu-pressure'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const { share: before } = await measure([], context);
  const pids: number[] = [];
  let during = before;
  const look = async (event: string, holds: (measured: Measured) => boolean): Promise<Look> => {
    const measured = await measure(pids, context);
    const { share, burntCpus } = measured;
    if (event === 'starved') during = share;
    const waited = `the target's threads waited for ${percent(share)} of the time in which they could have run; before: ${percent(before)}`;
    const observed = `${waited}; the burners had ${burntCpus.toFixed(2)} CPUs`;
    return { is: holds(measured), source: '/proc', observed, data: { event, before, share, burntCpus } };
  };
  const enough = leastBurnt * Math.min(fault.burners, availableParallelism());
  return runTimed(fault, context, observations, {
    inject: () => startBurners(fault.burners, pids, context),
    look: () => look('starved', ({ share, burntCpus }) => share >= before + leastRise && burntCpus >= enough),
    lookAfter: () => look('healed', ({ share }) => share < Math.max((before + during) / 2, before + leastRise)),
  });
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Their pids are put into `pids`. */
const startBurners = async (burners: number, pids: number[], { startHelper }: FaultContext): Promise<AsyncDisposable> => {
  await using undo = new AsyncDisposableStack();
  for (let n = 0; n < burners; n += 1) pids.push(undo.use(await startHelper({ role: 'burner', program, args: [] })).pid);
  return undo.move();
};

/** `share`: of the time in which the target's threads could have run, that in which they waited. `burntCpus`: how many CPUs the burners had, on average. */
type Measured = { readonly share: number; readonly burntCpus: number };

/** Nanoseconds on a CPU, and ready to run. */
type Schedule = { readonly ranNs: number; readonly waitedNs: number };

const measure = async (burners: readonly number[], { target, clock, signal }: FaultContext): Promise<Measured> => {
  const pids = target.processes().map(({ pid }) => pid);
  const since = performance.now();
  const [first, firstBurnt] = [await schedulesOf(pids), await schedulesOf(burners)];
  await clock.sleep(measureMs, signal);
  const [ours, burnt] = [grown(first, await schedulesOf(pids)), grown(firstBurnt, await schedulesOf(burners))];
  const could = ours.ranNs + ours.waitedNs;
  return { share: could === 0 ? 0 : ours.waitedNs / could, burntCpus: burnt.ranNs / 1e6 / Math.max(1, performance.now() - since) };
};

/** Of the threads that there are at both ends, together. */
const grown = (first: ReadonlyMap<string, Schedule>, last: ReadonlyMap<string, Schedule>): Schedule => {
  let [ranNs, waitedNs] = [0, 0];
  for (const [thread, now] of last) {
    const then = first.get(thread);
    if (then === undefined) continue;
    ranNs += now.ranNs - then.ranNs;
    waitedNs += now.waitedNs - then.waitedNs;
  }
  return { ranNs, waitedNs };
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
