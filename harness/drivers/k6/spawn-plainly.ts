// k6 as a plain child of this process, where no reaper has to know of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { SpawnK6 } from './k6-call.ts';

/** Its log is k6.log in the folder. */
export const spawnK6Plainly =
  (folder: string): SpawnK6 =>
  async (command, args, environment, onLine) => {
    const logFile = join(folder, 'k6.log');
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    const lines = createInterface({ input: child.stdout as Readable });
    lines.on('line', (line) => onLine?.(line));
    const allRead = once(lines, 'close');
    const exited = once(child, 'exit').then(async ([code, signal]: unknown[]) => {
      await allRead;
      return { code: code as number | null, signal: signal as string | null };
    });
    return {
      pid: child.pid ?? 0,
      exited,
      logFile,
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGKILL');
        await exited;
      },
    };
  };
