// A sabotage harms what the run wrote down, and nobody else.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf, type ProcessIdentity, processState } from '../stack/process-identity.ts';
import { sabotageRun } from './sabotage-run.ts';

let reports = '';
beforeEach(async () => void (reports = await mkdtemp(join(tmpdir(), 'faultline-sabotage-'))));
afterEach(() => rm(reports, { recursive: true, force: true }));

/** A run whose traffic flows, and that wrote this down of its stack. */
const writeRun = async (stack: ProcessIdentity): Promise<void> => {
  const scenario = join(reports, 'run-1', 'steady');
  await mkdir(scenario, { recursive: true });
  await writeFile(join(scenario, 'history.ndjson'), '');
  await writeFile(join(reports, 'run-1', 'processes.ndjson'), `${JSON.stringify({ kind: 'process', role: 'stack', at: 0, ...stack })}\n`);
};

const sabotage = { role: 'stack', signal: 'SIGSTOP', afterSeconds: 0 } as const;

test('the process on record is signalled; one that only has its number is not', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    const identity = identityOf(child.pid ?? 0);
    if (identity === null) throw new Error('it did not start');
    const stateOf = () => processState(identity.pid)?.state;
    await writeRun({ ...identity, startTime: 'of one that is gone' });
    await sabotageRun(reports, sabotage, new AbortController().signal);
    await expect.poll(stateOf).toBe('S');
    await writeRun(identity);
    await sabotageRun(reports, sabotage, new AbortController().signal);
    await expect.poll(stateOf).toBe('T');
  } finally {
    child.kill('SIGKILL');
  }
});
