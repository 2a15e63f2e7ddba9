// `stack up --detach`: another process keeps the stack, this one comes back when it is ready.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { waitUntil } from '../engine/wait-until.ts';
import { logTail } from '../stack/log-tail.ts';
import { exitCodes } from './exit-codes.ts';
import { describeStack } from './stack-addresses.ts';
import { watchEnd } from './stack-end.ts';
import type { StackCommandOptions } from './stack-options.ts';
import { findStack, removeState } from './stack-state.ts';
import { demandFolder, demandNone, type StackSurroundings } from './stack-up.ts';

/** Images may have to be pulled. */
const withinMs = 900_000;

export const detachStack = async (
  options: StackCommandOptions,
  program: string,
  { environment, say }: StackSurroundings,
): Promise<number> => {
  const { folder, runtime, port, without, rules } = options;
  await demandNone(folder);
  await demandFolder(folder);
  await removeState(folder);
  const logFile = join(folder, 'keeper.log');
  const log = openSync(logFile, 'w');
  const parameters = [
    'up',
    '--runtime',
    runtime,
    '--folder',
    folder,
    ...(port === null ? [] : ['--port', String(port)]),
    ...without.flatMap((part) => ['--without', part]),
    ...rules.flatMap((file) => ['--rules', file]),
  ];
  const keeper = spawn(process.execPath, [program, ...parameters], {
    detached: true,
    stdio: ['ignore', log, log],
    env: environment as NodeJS.ProcessEnv,
  });
  closeSync(log);
  using end = watchEnd(say);
  let exit: number | null = null;
  const exited = once(keeper, 'exit').then(([code]) => (exit = (code as number | null) ?? exitCodes.harnessError));
  const look = async () => ({ found: await findStack(folder), exit });
  const { last } = await waitUntil(look, (now) => now.found.kind === 'running' || now.exit !== null, {
    clock: systemClock,
    withinMs,
    everyMs: 100,
    signal: end.signal,
  });
  if (last.found.kind !== 'running') {
    // It takes down what it has begun, and must not come up after all.
    if (last.exit === null && keeper.kill('SIGTERM')) await exited;
    if (end.signal.aborted) throw new HarnessError('FL_INTERRUPTED', 'interrupted while the telemetry stack was starting');
    throw new HarnessError('FL_STACK_FAILED', `the stack did not start:\n${logTail(logFile, 12)}`);
  }
  keeper.unref();
  say(`${describeStack(last.found.state)}\nnpm run stack -- down ends it; its log is ${logFile}`);
  return exitCodes.pass;
};
