// `npm run verify`: the one command. Runs scenarios and ends with the exit code of their verdict.
import { asHarnessError } from '../engine/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { verify } from './verify-command.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const main = async (): Promise<number> => {
  try {
    return await verify(process.argv.slice(2), { environment: process.env, stdout: process.stdout, stderr: process.stderr });
  } catch (error) {
    const known = asHarnessError(error);
    say(`${known.code}: ${known.message}`);
    // Only a defect of ours is worth a stack trace.
    if (known.code === 'FL_INTERNAL' && error instanceof Error) say(error.stack ?? '');
    return exitCodes.harnessError;
  }
};

process.exitCode = await main();
// Output that a pipe has not taken yet is written before the end; connections that idle do not hold it up.
process.stdout.write('', () => process.exit());
