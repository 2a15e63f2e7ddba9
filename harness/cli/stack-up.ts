// `stack up`: starts a runtime under a reaper of its own, writes down what runs, and keeps it until it is told to end.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { checkWritable } from '../engine/preflight.ts';
import { runId } from '../engine/run-folder.ts';
import { processState } from '../stack/process-identity.ts';
import { createRegistry } from '../stack/process-registry.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { startReaper } from '../stack/start-reaper.ts';
import { startStack } from '../stack/start-stack.ts';
import type { StackOptions } from '../stack/stack-options.ts';
import { describeStack } from './stack-addresses.ts';
import { claimFolder } from './stack-claim.ts';
import { watchEnd } from './stack-end.ts';
import type { StackCommandOptions } from './stack-options.ts';
import { demandFree, wellKnownPorts } from './stack-ports.ts';
import { variableWarnings } from './variable-warnings.ts';
import { findStack, removeState, type StackState, writeState } from './stack-state.ts';

export type StackSurroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (text: string) => void;
};

const usualPort = 4318;

/** Rejects where one runs already: one at a time, so that `status` and `down` need no name. */
export const demandNone = async (folder: string): Promise<void> => {
  const found = await findStack(folder);
  if (found.kind !== 'running') return;
  const { runtime, keeper } = found.state;
  throw new HarnessError('FL_STACK_FAILED', `the ${runtime} stack is up already (pid ${keeper.pid}); end it with: npm run stack -- down`);
};

/** Makes it where it is not there. */
export const demandFolder = (folder: string): Promise<void> =>
  checkWritable(folder, "the folder of the stack's state and logs", 'run this where you may write');

export const keepStack = async (options: StackCommandOptions, { environment, say }: StackSurroundings): Promise<number> => {
  const { folder, runtime } = options;
  for (const warning of variableWarnings(environment)) say(`warning: ${warning}`);
  await demandNone(folder);
  await demandFolder(folder);
  await using _claim = await claimFolder(folder, identityOfThis());
  const ports = await portsOf(options, environment);
  const logFolder = join(folder, 'logs');
  await rm(logFolder, { recursive: true, force: true });
  await mkdir(logFolder, { recursive: true });
  const registryFile = join(logFolder, 'processes.ndjson');
  using registry = createRegistry(registryFile, `stack-${runId(systemClock.now(), Math.random)}`, systemClock.now);
  await using _reaper = await startReaper(registry);
  using end = watchEnd(say);
  const { signal } = end;
  const onPart: StackOptions['onPart'] = (part, afterMs) => say(`${part} ready in ${(afterMs / 1000).toFixed(1)} s`);
  const warn: StackOptions['warn'] = (text) => say(`warning: ${text}`);
  const dataFolder = join(folder, 'data');
  const place = { registry, logFolder, signal, clock: systemClock, environment, dataFolder };
  const started = { ...place, without: options.without, ports, onPart, warn };
  const ruleFiles = options.rules.length === 0 ? {} : { ruleFiles: options.rules };
  await using stack = await startStack(runtime, { ...started, ...ruleFiles });
  await writeState(folder, stateOf(stack));
  try {
    say(`${describeStack(stack)}\nCtrl-C or npm run stack -- down ends it.`);
    const ended = await Promise.race([stack.exited, end.asked]);
    if (ended === null) return end.exitCode();
    throw new HarnessError('FL_STACK_FAILED', `${ended} has ended by itself; all of the stack is taken down. Its log is in ${logFolder}`);
  } finally {
    await removeState(folder);
  }
};

const portsOf = async ({ runtime, port, without }: StackCommandOptions, environment: StackSurroundings['environment']) => {
  if (runtime === 'embedded') return { embedded: port ?? usualPort };
  const ports = wellKnownPorts(environment);
  await demandFree(ports, without);
  return ports;
};

const identityOfThis = () => ({ pid: process.pid, startTime: processState(process.pid)?.startTime ?? '' });

const stateOf = ({ runtime, endpoints, versions, processes, warnings }: RunningStack): StackState => {
  const keeper = identityOfThis();
  return { format: 1, runtime, endpoints, versions, processes, warnings, keeper, startedAt: new Date(systemClock.now()).toISOString() };
};
