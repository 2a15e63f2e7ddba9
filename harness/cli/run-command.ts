// The edge of a command: its exit code, and a mistake of the user's as one line without a stack trace.
import { asHarnessError } from '../engine/errors.ts';
import { exitCodes } from './exit-codes.ts';

export const runCommand = async (command: () => Promise<number>): Promise<void> => {
  process.exitCode = await command().catch(tell);
  // Output that a pipe has not taken yet is written before the end; connections that idle do not hold it up.
  process.stdout.write('', () => process.exit());
};

const tell = (error: unknown): number => {
  const known = asHarnessError(error);
  process.stderr.write(`${known.code}: ${known.message}\n`);
  // Only a defect of ours is worth a stack trace.
  if (known.code === 'FL_INTERNAL' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return known.code === 'FL_INTERRUPTED' ? exitCodes.interrupted : exitCodes.harnessError;
};
