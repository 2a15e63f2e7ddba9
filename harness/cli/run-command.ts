// The edge of a command: its exit code, and a mistake of the user's as one line without a stack trace.
import { asHarnessError } from '../engine/errors.ts';
import { exitCodes } from './exit-codes.ts';

/** A reader that has seen enough (`| head`) ends neither the run nor its clean-up: what is said after that is lost, the folder has it. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
};

export const runCommand = async (command: () => Promise<number>): Promise<void> => {
  outliveReaders();
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
