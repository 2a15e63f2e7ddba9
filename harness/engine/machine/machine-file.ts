// Reads machine.ndjson back: a sample a line and a last line with their number, so that a file that was cut is seen as cut.
import { readLines } from '../../history/ndjson.ts';
import type { MachineSample } from '../run-data.ts';

export type MachineTrailer = { readonly end: true; readonly samples: number };

export type MachineFile = { readonly samples: readonly MachineSample[]; readonly complete: boolean };

/** What can be read of it; rejects only where the file can't be read at all. */
export const readMachineFile = async (file: string): Promise<MachineFile> => {
  const samples: MachineSample[] = [];
  const trailers: MachineTrailer[] = [];
  const damage = await readLines(file, {
    value: (value) => {
      if (isTrailer(value)) trailers.push(value);
      else samples.push(value as MachineSample);
    },
  });
  return { samples, complete: damage === null && trailers.at(-1)?.samples === samples.length };
};

const isTrailer = (value: unknown): value is MachineTrailer => (value as Partial<MachineTrailer> | null)?.end === true;
