// Starts the bare server, and can freeze it: a process that is stopped takes connections (the kernel does) and answers nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type BareServer = AsyncDisposable & {
  readonly origin: string;
  /** Resolves to how long it really was: on a busy machine the end of it comes late. */
  freeze(ms: number): Promise<number>;
};

export const startBareServer = async (): Promise<BareServer> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('bare-server.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    origin: `http://127.0.0.1:${port}`,
    freeze: async (ms) => {
      const begunAt = performance.now();
      child.kill('SIGSTOP');
      await delay(ms);
      child.kill('SIGCONT');
      return performance.now() - begunAt;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
