// run.json: what this run is and how far it got. Its state changes exactly once, from running to finished, interrupted or failed.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunManifest } from './run-data.ts';
import { writeJson } from './write-json.ts';

export const manifestFile = 'run.json';

export const describeMachine = (): RunManifest['machine'] => ({
  cpus: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  memoryBytes: totalmem(),
  platform: `${process.platform} ${release()} ${process.arch}`,
});

/** The checkout's commit, with `+changes` where files differ from it; null outside a repository. */
export const describeCommit = async (root: string): Promise<string | null> => {
  const git = (...parameters: string[]) => promisify(execFile)('git', ['-C', root, ...parameters], { timeout: 5000 });
  try {
    const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
    const changed = (await git('status', '--porcelain', '--untracked-files=no')).stdout.trim() !== '';
    return changed ? `${commit}+changes` : commit;
  } catch {
    return null;
  }
};

export type ManifestFile = {
  readonly current: () => RunManifest;
  /** The versions of what was started, once it runs. */
  addVersions(versions: Readonly<Record<string, string>>): Promise<void>;
  finish(state: 'finished' | 'interrupted' | 'failed', endedAt: number, error?: string): Promise<void>;
  /** Marks the run interrupted before the next line of code: for a harness that is about to end at once. */
  interruptAtOnce(endedAt: number): void;
};

export const writeManifest = async (folder: string, manifest: RunManifest): Promise<ManifestFile> => {
  let current = manifest;
  const path = join(folder, manifestFile);
  await writeJson(path, current);
  return {
    current: () => current,
    addVersions: async (versions) => {
      current = { ...current, versions: { ...current.versions, ...versions } };
      await writeJson(path, current);
    },
    finish: async (state, endedAt, error) => {
      if (current.state !== 'running') return;
      current = { ...current, state, endedAt: new Date(endedAt).toISOString(), ...(error === undefined ? {} : { error }) };
      await writeJson(path, current);
    },
    interruptAtOnce: (endedAt) => {
      if (current.state !== 'running') return;
      current = { ...current, state: 'interrupted', endedAt: new Date(endedAt).toISOString(), error: 'interrupted twice: ended at once' };
      writeFileSync(path, `${JSON.stringify(current, null, 2)}\n`);
    },
  };
};
