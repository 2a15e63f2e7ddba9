// What earlier runs have left behind: named, never killed blindly. A run whose harness still lives is under way, not stale.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './process-identity.ts';
import { readRegistry } from './process-registry.ts';

export type Stale =
  | { readonly kind: 'process'; readonly run: string; readonly role: string; readonly pid: number; readonly at: number }
  | { readonly kind: 'folder'; readonly run: string; readonly path: string; readonly at: number };

export type Leftovers = { readonly stale: readonly Stale[]; readonly running: readonly { readonly run: string; readonly pid: number }[] };

const folders = (runsFolder: string): readonly string[] => {
  if (!existsSync(runsFolder)) return [];
  return readdirSync(runsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
};

const ofRun = (runsFolder: string, run: string): Leftovers => {
  const entries = readRegistry(join(runsFolder, run, 'processes.ndjson'));
  const harness = entries.find((entry) => entry.kind === 'harness');
  if (harness !== undefined && isAlive(harness)) return { stale: [], running: [{ run, pid: harness.pid }] };
  const stale = entries.flatMap((entry): readonly Stale[] => {
    if (entry.kind === 'process') return isAlive(entry) ? [{ kind: 'process', run, role: entry.role, pid: entry.pid, at: entry.at }] : [];
    if (entry.kind === 'folder') return existsSync(entry.path) ? [{ kind: 'folder', run, path: entry.path, at: entry.at }] : [];
    return [];
  });
  return { stale, running: [] };
};

/** Reads each run's processes.ndjson. The symbolic link `latest` is not a run of its own. */
export const findStale = (runsFolder: string): Leftovers => {
  const all = folders(runsFolder).map((run) => ofRun(runsFolder, run));
  return { stale: all.flatMap(({ stale }) => stale), running: all.flatMap(({ running }) => running) };
};
