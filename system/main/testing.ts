// For integration tests: one ingest process, its lines so far, and its end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

export type Line = { readonly event_name?: string; readonly body: string; readonly attributes: Readonly<Record<string, unknown>> };

/** Long enough for a busy machine, and less than a test may take, so that it is this error that is seen. */
const patienceMs = 50_000;

/** The lines of a log that `child` says on `streams`, and a wait for the first of one event name that fails with all it said. Call it before the child says anything. */
export const readLog = (child: ChildProcess, streams: readonly NodeJS.ReadableStream[]) => {
  const said: string[] = [];
  const lines: Line[] = [];
  for (const stream of streams)
    createInterface({ input: stream }).on('line', (text) => {
      said.push(text);
      if (text.startsWith('{')) lines.push(JSON.parse(text) as Line);
    });
  const closed = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as string | null }));
  const line = async (eventName: string): Promise<Line> => {
    const find = () => lines.find(({ event_name: name }) => name === eventName);
    const ended = closed.then(({ code, signal }) => `ended with ${code ?? signal}`);
    const end = performance.now() + patienceMs;
    let state = 'runs';
    while (find() === undefined && state === 'runs' && performance.now() < end) state = await Promise.race([ended, wait(20, 'runs')]);
    const found = find();
    if (found === undefined) throw new Error(`it ${state} and did not say ${eventName}; it said:\n${said.join('\n')}`);
    return found;
  };
  return { said, lines, closed, line };
};

/** Disposing kills it. */
export const startIngest = (databaseUrl: string, environment: Record<string, string>, stdin: 'ignore' | 'pipe' = 'ignore') => {
  const main = new URL('ingest.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], DATABASE_URL: databaseUrl, ...environment },
    stdio: [stdin, 'pipe', 'inherit'],
  });
  const log = readLog(child, [child.stdout!]);
  const { lines, line } = log;
  const closed = log.closed.then(({ code }) => code);
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
