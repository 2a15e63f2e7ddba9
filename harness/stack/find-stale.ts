// What earlier runs have left behind: named, never killed blindly. A run whose harness still lives is under way, not stale.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectsLeft } from './docker/remove-project.ts';
import { isAlive } from './process-identity.ts';
import { readRegistry } from './process-registry.ts';

export type Stale =
  | { readonly kind: 'process'; readonly run: string; readonly role: string; readonly pid: number; readonly at: number }
  | { readonly kind: 'folder'; readonly run: string; readonly path: string; readonly at: number }
  | { readonly kind: 'mount'; readonly run: string; readonly path: string; readonly at: number }
  /** Containers, volumes or networks of a compose project. */
  | { readonly kind: 'project'; readonly run: string; readonly name: string; readonly at: number };

export type Leftovers = { readonly stale: readonly Stale[]; readonly running: readonly { readonly run: string; readonly pid: number }[] };

const folders = (runsFolder: string): readonly string[] => {
  if (!existsSync(runsFolder)) return [];
  return readdirSync(runsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
};

/** Disks are mounted on Linux alone. Blanks and the like stand there as octal numbers. */
const isMounted = (path: string): boolean => {
  if (process.platform !== 'linux') return false;
  const places = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return places.some((place) => place.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCodePoint(parseInt(octal, 8))) === path);
};

const ofRun = (runsFolder: string, run: string): Leftovers => {
  const entries = readRegistry(join(runsFolder, run, 'processes.ndjson'));
  const harness = entries.find((entry) => entry.kind === 'harness');
  if (harness !== undefined && isAlive(harness)) return { stale: [], running: [{ run, pid: harness.pid }] };
  const stale = entries.flatMap((entry): readonly Stale[] => {
    if (entry.kind === 'process') return isAlive(entry) ? [{ kind: 'process', run, role: entry.role, pid: entry.pid, at: entry.at }] : [];
    if (entry.kind === 'folder') return existsSync(entry.path) ? [{ kind: 'folder', run, path: entry.path, at: entry.at }] : [];
    if (entry.kind === 'mount') return isMounted(entry.path) ? [{ kind: 'mount', run, path: entry.path, at: entry.at }] : [];
    if (entry.kind === 'project') return [{ kind: 'project', run, name: entry.name, at: entry.at }];
    return [];
  });
  return { stale, running: [] };
};

/** Each run that used one has its project on record: what is left of them, the engine alone knows. It is asked only where there are any. */
const thatAreLeft = async (stale: readonly Stale[]): Promise<readonly Stale[]> => {
  if (!stale.some(({ kind }) => kind === 'project')) return stale;
  // One that does not answer holds no container of ours up; it is asked again by the next run.
  const left = (await projectsLeft()) ?? new Set();
  return stale.filter((entry) => entry.kind !== 'project' || left.has(entry.name));
};

/** Reads each run's processes.ndjson. The symbolic link `latest` is not a run of its own. */
export const findStale = async (runsFolder: string): Promise<Leftovers> => {
  const all = folders(runsFolder).map((run) => ofRun(runsFolder, run));
  return { stale: await thatAreLeft(all.flatMap(({ stale }) => stale)), running: all.flatMap(({ running }) => running) };
};
