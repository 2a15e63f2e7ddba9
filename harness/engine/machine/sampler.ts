// machine.ndjson: what the machine and each process of ours used, twice a second, so that a starved run is seen and a foreign load is told
// apart from our own. Memory is read less often: the kernel walks all pages for it.
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { finished } from 'node:stream/promises';
import type { Clock } from '../clock.ts';
import type { MachineSample } from '../run-data.ts';
import type { MachineTrailer } from './machine-file.ts';
import { cpuShares, parseCpuTimes, type CpuTimes } from './cpu-times.ts';
import { cpuSecondsOf, processTree, pssBytesOf } from './process-cpu.ts';

export type SampledProcess = {
  readonly role: string;
  readonly pid: number;
  /** PostgreSQL is a tree of processes: its children count with it. The harness is not: its children are listed themselves. */
  readonly withChildren?: boolean;
};

export type SamplerOptions = {
  readonly path: string;
  readonly clock: Clock;
  /** Asked at every sample: processes come and go. */
  readonly processes: () => readonly SampledProcess[];
  readonly onSample?: (sample: MachineSample) => void;
};

const everyMs = 500;
const cores = cpus().length;
const memoryEverySamples = 4;

/** Samples until disposed; the file then has its last line. */
export const startMachineSampler = (options: SamplerOptions): AsyncDisposable => {
  const stop = new AbortController();
  const running = sampleUntil(stop.signal, options);
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
};

const sampleUntil = async (stop: AbortSignal, { path, clock, processes, onSample }: SamplerOptions): Promise<void> => {
  const file = createWriteStream(path);
  const cpuSeconds = new Map<number, number>();
  let machine = await readMachine();
  let count = 0;
  for (; !stop.aborted; count += 1) {
    await clock.sleep(everyMs, stop);
    const after = await readMachine();
    const withMemory = count % memoryEverySamples === 0;
    const sampled = await Promise.all(processes().map((process) => sampleProcess(process, cpuSeconds, withMemory)));
    const sample = {
      at: clock.now(),
      monotonicMs: Math.round(performance.now()),
      cores,
      ...cpuShares(machine, after),
      processes: sampled.filter((process) => process !== null),
    };
    machine = after;
    file.write(`${JSON.stringify(sample)}\n`);
    onSample?.(sample);
  }
  file.end(`${JSON.stringify({ end: true, samples: count } satisfies MachineTrailer)}\n`);
  await finished(file);
};

const readMachine = async (): Promise<CpuTimes> => parseCpuTimes(await readFile('/proc/stat', 'utf8'));

/** The first reading of a process counts from 0: what it burnt while it started belongs to us too. */
const sampleProcess = async (
  { role, pid, withChildren = false }: SampledProcess,
  before: Map<number, number>,
  withMemory: boolean,
): Promise<MachineSample['processes'][number] | null> => {
  const pids = withChildren ? await processTree(pid) : [pid];
  const seconds = await cpuSecondsOf(pids, withChildren);
  if (seconds === null) return null;
  const cpuSeconds = Math.max(0, seconds - (before.get(pid) ?? 0));
  before.set(pid, seconds);
  return { role, pid, cpuSeconds, pssBytes: withMemory ? await pssBytesOf(pids) : null };
};
