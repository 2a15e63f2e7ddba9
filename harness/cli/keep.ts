// --keep: once the verdict is known the system stays up, with its addresses on the screen, until Ctrl-C.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunOptions } from '../engine/run.ts';
import type { RunVerdict } from '../engine/verdict.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import type { RunningTarget } from '../targets/target.ts';
import { addressLines } from './stack-addresses.ts';

export type KeepOptions = {
  readonly folder: string;
  readonly say: (text: string) => void;
  /** Writes the reports and shows the verdict before the wait. */
  readonly tell: (verdict: RunVerdict) => Promise<void>;
  readonly signal: AbortSignal;
};

export const keepRunning =
  ({ folder, say, tell, signal }: KeepOptions): NonNullable<RunOptions['beforeTakedown']> =>
  async (target, verdict, stack) => {
    await tell(verdict);
    say(addresses(target, stack, folder));
    await aborted(signal);
  };

const addresses = (target: RunningTarget, stack: RunningStack, folder: string): string =>
  [
    '',
    'The last scenario is left running:',
    ...target.processes().map(({ role, index, address, pid }) => `  ${`${role} ${index}`.padEnd(10)} ${address} (pid ${pid})`),
    ...(target.databaseUrl === '' ? [] : [`  ${'database'.padEnd(10)} ${target.databaseUrl}`]),
    ...addressLines(stack.endpoints).map(([name, url]) => `  ${name.padEnd(10)} ${url}`),
    `  ${'report'.padEnd(10)} ${pathToFileURL(join(folder, 'report.html')).href}`,
    ...(target.readAsUser === undefined ? [] : [`Ask it something:  curl '${target.queryUrl}/status'`]),
    'Stop it with Ctrl-C; everything is taken down then.',
  ].join('\n');

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
