// Starts the stub, and speaks to it as the tools need.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import type { StubOptions, StubState } from './stub-options.ts';

export type Stub = AsyncDisposable & {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  kill(signal: NodeJS.Signals): boolean;
  /** Epoch milliseconds of the run's zero: from there on it counts to its freeze. */
  zero(at: number): Promise<void>;
  state(): Promise<StubState>;
  /** Whether it answers within 1.2 s. */
  answers(): Promise<boolean>;
};

const program = fileURLToPath(new URL('process.ts', import.meta.url));
const aliveWithinMs = 1200;

export const startStub = async (options: StubOptions): Promise<Stub> => {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code: code as number | null, signal: signal as string | null }));
  const port = await firstLine(child);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    pid: child.pid ?? 0,
    exited,
    kill: (signal) => child.kill(signal),
    zero: async (at) => {
      const { body } = await request(`${url}/zero`, { method: 'POST', body: String(at) });
      await body.dump();
    },
    state: async () => (await (await request(`${url}/state`)).body.json()) as StubState,
    answers: async () => {
      try {
        const { body } = await request(`${url}/state`, { signal: AbortSignal.timeout(aliveWithinMs) });
        await body.dump();
        return true;
      } catch {
        return false;
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

const firstLine = async ({ stdout }: ChildProcess): Promise<string> => {
  if (stdout === null) throw new Error('the stub has no stdout');
  const lines = createInterface({ input: stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return line;
};
