// For integration tests: one ingest process, its lines so far, and its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';

export type Line = { readonly event_name?: string; readonly body: string; readonly attributes: Readonly<Record<string, unknown>> };

/** Disposing kills it. */
export const startIngest = (databaseUrl: string, environment: Record<string, string>, stdin: 'ignore' | 'pipe' = 'ignore') => {
  const main = new URL('ingest.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], DATABASE_URL: databaseUrl, ...environment },
    stdio: [stdin, 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(JSON.parse(line) as Line));
  const closed = once(child, 'close').then(([code]) => code as number | null);
  const line = async (eventName: string): Promise<Line> => {
    const find = () => lines.find(({ event_name: name }) => name === eventName);
    await expect.poll(find, { timeout: 20_000, interval: 20 }).toBeTruthy();
    return find()!;
  };
  const ready = async () =>
    (await line('faultline.process.ready')).attributes as { address: string; admin: string; pid: number; instance: string };
  return {
    child,
    lines,
    ready,
    line,
    closed,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
};
