// Harms one process of a running `verify`: waits until the traffic flows, then signals the process that the run itself wrote down, and no other.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, signalProcess } from '../stack/process-identity.ts';
import type { Sabotage } from './case.ts';

const pollMs = 100;

/** Ends early, without harm, when the run is over: the verdict then shows that nothing was harmed. */
export const sabotageRun = async (reportFolder: string, sabotage: Sabotage, signal: AbortSignal): Promise<void> => {
  try {
    const runFolder = await waitFor(() => newestRun(reportFolder), signal);
    const historyFile = await waitFor(() => startedHistory(runFolder), signal);
    const victim = await waitFor(() => identityIn(runFolder, sabotage.role), signal);
    void historyFile;
    await sleep(sabotage.afterSeconds * 1000, undefined, { signal });
    signalProcess(victim, sabotage.signal);
    if (sabotage.resumeAfterSeconds === undefined) return;
    await sleep(sabotage.resumeAfterSeconds * 1000, undefined, { signal }).finally(() => signalProcess(victim, 'SIGCONT'));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

const waitFor = async <Value>(probe: () => Promise<Value | null>, signal: AbortSignal): Promise<Value> => {
  for (;;) {
    const value = await probe();
    if (value !== null) return value;
    await sleep(pollMs, undefined, { signal });
  }
};

const newestRun = async (reportFolder: string): Promise<string | null> => {
  const names = await entries(reportFolder);
  const run = names
    .filter((name) => name !== 'latest')
    .toSorted()
    .at(-1);
  return run === undefined ? null : join(reportFolder, run);
};

/** The history's file appears with the first operations: from then on the traffic flows. */
const startedHistory = async (runFolder: string): Promise<string | null> => {
  for (const name of await entries(runFolder)) {
    if ((await entries(join(runFolder, name))).includes('history.ndjson')) return join(runFolder, name, 'history.ndjson');
  }
  return null;
};

const identityIn = async (runFolder: string, role: string): Promise<ProcessIdentity | null> => {
  const text = await readFile(join(runFolder, 'processes.ndjson'), 'utf8').catch(() => '');
  const rows = text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as { readonly role?: string } & ProcessIdentity);
  return rows.findLast((row) => row.role === role) ?? null;
};

const entries = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
