// `npm run ops`: what an operator does. Over the query process's HTTP API; keys, tenants, replays of the log, backups and restores over the database.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { readOpsSettings } from './ops/read-ops-settings.ts';
import { systemClock } from '../telemetry/clock.ts';
import { describeUnexpected } from './ops/describe-unexpected.ts';
import { exitCodes } from './ops/exit-codes.ts';
import { openFile } from './ops/open-file.ts';
import { OpsError } from './ops/ops-error.ts';
import { createProgram } from './ops/program.ts';

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // An account without a name, as in some containers.
    return String(process.getuid?.() ?? 'unknown');
  }
};

const main = async (): Promise<number> => {
  let exitCode: number = exitCodes.done;
  const err = (words: string) => void process.stderr.write(words);
  try {
    const surroundings = {
      out: (words: string) => void process.stdout.write(words),
      err,
      user: userName(),
      ...readOpsSettings(process.env),
      readFile: (path: string) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
      stdin: process.stdin,
      openFile,
      clock: systemClock,
      sleep: (delayMs: number) => wait(delayMs),
      randomId: () => randomUUID(),
    };
    await createProgram(surroundings, (code) => (exitCode = code)).parseAsync(process.argv.slice(2), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.refused;
    const isRefusal = error instanceof OpsError;
    err(`${isRefusal ? error.message : describeUnexpected(error)}\n`);
    if (isRefusal && error.mayBeAsked) return exitCodes.open;
    return isRefusal ? exitCodes.refused : exitCodes.broken;
  }
  return exitCode;
};

// A reader that went away (| head) is no failure of ours.
process.stdout.on('error', () => undefined);
process.exitCode = await main();
