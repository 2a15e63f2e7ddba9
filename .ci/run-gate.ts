// Runs one command to its end, quietly: what it said is shown only where it matters.
import { execa } from 'execa';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

export type CommandResult = { readonly passed: boolean; readonly output: string; readonly seconds: number };

export const runCommand = async ([program, ...parameters]: readonly [string, ...string[]], timeoutMs = 300_000): Promise<CommandResult> => {
  const result = await execa(program, parameters, {
    cwd: root,
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    preferLocal: true,
    localDir: root,
    // Without colours, so that a canary's output can be read.
    env: { NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  const failure = result.timedOut ? `\ntimed out after ${timeoutMs} ms` : '';
  return { passed: !result.failed, output: `${result.all ?? ''}${failure}`, seconds: result.durationMs / 1000 };
};
