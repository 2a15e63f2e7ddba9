// Ends what a run has recorded and is still alive, stopped processes too, with all that they started; then removes its temporary folders.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { removeProject } from './docker/remove-project.ts';
import { isAlive, signalProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { isOurFolder, postmasterRole, readRegistry } from './process-registry.ts';
import type { RegistryEntry } from './process-registry.ts';
import { allProcesses, markedProcesses, withDescendants } from './process-table.ts';

export type ReapOptions = {
  /** How long PostgreSQL may take to end itself, which gives its shared memory back, before it is killed. */
  readonly politeMs: number;
  readonly withinMs: number;
};

export type Reaped = {
  readonly ended: number;
  readonly left: readonly ProcessIdentity[];
  readonly folders: readonly string[];
  readonly projects: readonly string[];
};

const healWithinMs = 10_000;

const isKept = (entries: readonly RegistryEntry[], pid: number): boolean =>
  pid === process.pid || entries.some((entry) => (entry.kind === 'harness' || entry.kind === 'reaper') && entry.pid === pid);

/** All that may be ended now: the recorded with an equal start time, their descendants, and what carries the run's mark. */
const targets = (entries: readonly RegistryEntry[]): readonly ProcessIdentity[] => {
  const table = allProcesses();
  const recorded = entries.filter((entry) => entry.kind === 'process');
  const run = entries.find((entry) => entry.kind === 'harness')?.run;
  const marked = run === undefined ? [] : markedProcesses(run, table);
  return withDescendants([...recorded, ...marked], table).filter(({ pid }) => !isKept(entries, pid));
};

const trySignal = (identity: ProcessIdentity, signal: NodeJS.Signals): boolean => {
  try {
    return signalProcess(identity, signal);
  } catch {
    // Not permitted: it stays in `left`, and is named there.
    return false;
  }
};

const waitUntilGone = async (identities: readonly ProcessIdentity[], withinMs: number): Promise<void> => {
  for (let waitedMs = 0; waitedMs < withinMs && identities.some(isAlive); waitedMs += 50) await delay(50);
};

type ProcessEntry = RegistryEntry & { readonly kind: 'process' };
const isPostmaster = (entry: RegistryEntry): entry is ProcessEntry => entry.kind === 'process' && entry.role === postmasterRole;

/** SIGQUIT is PostgreSQL's immediate shutdown: it takes its backends along and removes its shared memory. */
const askPostgres = async (servers: readonly ProcessEntry[], withinMs: number): Promise<void> => {
  for (const server of servers) {
    trySignal(server, 'SIGCONT');
    trySignal(server, 'SIGQUIT');
  }
  await waitUntilGone(servers, withinMs);
};

/** SIGKILL ends a stopped process too. */
const killAll = (identities: readonly ProcessIdentity[]): number => identities.filter((identity) => trySignal(identity, 'SIGKILL')).length;

/** Lazily: what still has a file open there may end later. One that is mounted no more is no failure. */
const unmount = (entries: readonly RegistryEntry[]): void => {
  for (const entry of entries) {
    if (entry.kind === 'mount' && isOurFolder(entry.path)) spawnSync('umount', ['--lazy', entry.path], { stdio: 'ignore', timeout: 5000 });
  }
};

/** Each once; one that fails, since it was healed before or is gone, changes nothing. */
const heal = (entries: readonly RegistryEntry[]): void => {
  for (const entry of entries) {
    const [program, ...args] = entry.kind === 'healing' ? entry.command : [];
    if (program !== undefined) spawnSync(program, args, { stdio: 'ignore', timeout: healWithinMs });
  }
};

const removeFolders = (entries: readonly RegistryEntry[]): readonly string[] =>
  entries.flatMap((entry) => {
    if (entry.kind !== 'folder' || !isOurFolder(entry.path)) return [];
    try {
      rmSync(entry.path, { recursive: true, force: true, maxRetries: 3 });
      return [entry.path];
    } catch {
      // Named by the next run, which finds it still there.
      return [];
    }
  });

/** Those that the engine still has: `docker` is asked only where a run used it. */
const removeProjects = async (entries: readonly RegistryEntry[]): Promise<readonly string[]> => {
  const names = entries.flatMap((entry) => (entry.kind === 'project' ? [entry.name] : []));
  const removed = await Promise.all(names.map(async (name) => ((await removeProject(name)) ? [name] : [])));
  return removed.flat();
};

export const reap = async (registryFile: string, { politeMs, withinMs }: ReapOptions): Promise<Reaped> => {
  const entries = readRegistry(registryFile);
  const servers = entries.filter(isPostmaster).filter(isAlive);
  const databases = new Set(withDescendants(servers, allProcesses()).map(({ pid }) => pid));
  let ended = killAll(targets(entries).filter(({ pid }) => !databases.has(pid)));
  await askPostgres(servers, politeMs);
  let left = targets(entries);
  for (let waitedMs = 0; left.length > 0 && waitedMs < withinMs; waitedMs += 100) {
    ended += killAll(left);
    await waitUntilGone(left, 100);
    left = targets(entries);
  }
  unmount(entries);
  heal(entries);
  const projects = await removeProjects(entries);
  return { ended, left, folders: removeFolders(entries), projects };
};
