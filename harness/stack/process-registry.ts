// processes.ndjson of a run's folder: every process and temporary folder of the run, written down and synced before anyone relies on it.
// The reaper and later runs read it, so that nothing is left behind and nothing foreign is touched.
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { identityOf } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** The role under which PostgreSQL's first process is recorded: the launcher that started it has a role of its own. */
export const postmasterRole = 'postmaster';

export type RegistryEntry =
  /** The harness itself: first line, never killed by the reaper. While it lives the run is under way, not stale. */
  | ({ readonly kind: 'harness'; readonly run: string; readonly at: number } & ProcessIdentity)
  | ({ readonly kind: 'reaper'; readonly at: number } & ProcessIdentity)
  | ({ readonly kind: 'process'; readonly role: string; readonly at: number } & ProcessIdentity)
  | { readonly kind: 'folder'; readonly path: string; readonly at: number }
  /** A small disk that was mounted on one of our folders. */
  | { readonly kind: 'mount'; readonly path: string; readonly at: number }
  /** What heals a fault on something that is no process of ours, such as a container; it may be run again without harm. */
  | { readonly kind: 'healing'; readonly command: readonly string[]; readonly at: number }
  /** A compose project: containers are no processes of ours, and outlive the harness. */
  | { readonly kind: 'project'; readonly name: string; readonly at: number };

export type ProcessRegistry = Disposable & {
  readonly file: string;
  readonly run: string;
  /** Null where there is no such process; a child that was started in this turn of the event loop has an identity even if it has ended already. */
  addProcess(role: string, pid: number): ProcessIdentity | null;
  addReaper(pid: number): void;
  /** A temporary folder to remove when the run is over. Its name must begin with `faultline-`: nothing else is ever removed. */
  addFolder(path: string): void;
  /** A disk to unmount when the run is over; its folder must be one of ours. */
  addMount(path: string): void;
  /** A command that the reaper runs, should the harness die: to be written down before the fault strikes. */
  addHealing(command: readonly string[]): void;
  /** A compose project to remove when the run is over. */
  addProject(name: string): void;
};

export const isOurFolder = (path: string): boolean => isAbsolute(path) && /^faultline-[\w.-]+$/.test(basename(path));

const demandOurs = (path: string): void => {
  if (!isOurFolder(path)) throw new Error(`${path} is no folder that may be removed later: it must be absolute and be named faultline-…`);
};

export const createRegistry = (file: string, run: string, now: () => number): ProcessRegistry => {
  const descriptor = openSync(file, 'a');
  const append = (entry: RegistryEntry): void => {
    writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    fsyncSync(descriptor);
  };
  const self = identityOf(process.pid);
  if (self !== null) append({ kind: 'harness', run, at: now(), ...self });
  return {
    file,
    run,
    addProcess(role, pid) {
      const identity = identityOf(pid);
      if (identity !== null) append({ kind: 'process', role, at: now(), ...identity });
      return identity;
    },
    addReaper(pid) {
      const identity = identityOf(pid);
      if (identity !== null) append({ kind: 'reaper', at: now(), ...identity });
    },
    addFolder(path) {
      demandOurs(path);
      append({ kind: 'folder', path, at: now() });
    },
    addMount(path) {
      demandOurs(path);
      append({ kind: 'mount', path, at: now() });
    },
    addHealing: (command) => append({ kind: 'healing', command, at: now() }),
    addProject: (name) => append({ kind: 'project', name, at: now() }),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
};

const parseLine = (line: string): readonly RegistryEntry[] => {
  try {
    return [JSON.parse(line) as RegistryEntry];
  } catch {
    // The last line of a run that was cut off.
    return [];
  }
};

/** Empty where there is no such file. */
export const readRegistry = (file: string): readonly RegistryEntry[] => {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).flatMap(parseLine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};
