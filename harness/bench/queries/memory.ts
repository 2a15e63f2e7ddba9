// The most memory that a process ever had resident, and its share of what it shares with others now.
import { readFile } from 'node:fs/promises';
import { pssBytesOf } from '../../engine/machine/process-cpu.ts';

/** In bytes, of /proc/<pid>/status. NaN where the kernel does not say. */
export const parsePeak = (status: string): number => Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) * 1_024;

export type Memory = { readonly peakRssBytes: number; readonly pssBytes: number };

export const memoryOf = async (pid: number): Promise<Memory> => ({
  peakRssBytes: parsePeak(await readFile(`/proc/${pid}/status`, 'utf8')),
  pssBytes: (await pssBytesOf([pid])) ?? NaN,
});
