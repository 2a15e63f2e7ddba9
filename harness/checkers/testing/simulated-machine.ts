// Test support: a machine that a run had to itself.
import type { RunData } from '../../engine/run-data.ts';

export const machineSamples = (zeroAt: number, durationMs: number): RunData['machine'] =>
  Array.from({ length: Math.ceil(durationMs / 500) }, (_unused, index) => ({
    at: zeroAt + index * 500,
    monotonicMs: 10_000 + index * 500,
    cores: 2,
    cpuBusy: 0.5,
    cpuSteal: 0,
    processes: [
      { role: 'ingest', pid: 10, cpuSeconds: 0.15, pssBytes: 90_000_000 },
      { role: 'worker', pid: 11, cpuSeconds: 0.15, pssBytes: 80_000_000 },
      { role: 'worker', pid: 12, cpuSeconds: 0.1, pssBytes: 80_000_000 },
      { role: 'query', pid: 13, cpuSeconds: 0.05, pssBytes: 70_000_000 },
    ],
  }));
