// Starts the reaper, first of all processes of a run. It goes when it is disposed, and does its work when the harness is gone without that.
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { HarnessError } from '../engine/errors.ts';
import { compileCache } from './compile-cache.ts';
import type { ProcessRegistry } from './process-registry.ts';
import { readAnnouncement } from './read-ready.ts';

export type Reaper = AsyncDisposable & { readonly pid: number };

const readyWithinMs = 20_000;

/** Where programs are, and how the docker command finds its engine. */
const reaperEnvironment = (): Record<string, string> => ({
  NODE_COMPILE_CACHE: compileCache,
  ...Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && /^(PATH|HOME|DOCKER_.*|NODE_DISABLE_COMPILE_CACHE)$/.test(name) ? [[name, value]] : [],
    ),
  ),
});

/** Whether its first line says so, within the bound. */
const saysReady = async (output: Readable): Promise<boolean> => {
  const bound = AbortSignal.timeout(readyWithinMs);
  try {
    const [line] = (await once(createInterface({ input: output }), 'line', { signal: bound })) as [string];
    return readAnnouncement(line)?.kind === 'ready';
  } catch (error) {
    if (bound.aborted) return false;
    throw error;
  }
};

/** Throws a HarnessError FL_REAPER_FAILED. */
export const startReaper = async (registry: ProcessRegistry): Promise<Reaper> => {
  const child = execa(process.execPath, [fileURLToPath(new URL(`./reaper${extname(import.meta.url)}`, import.meta.url)), registry.file], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    reject: false,
    cleanup: false,
    detached: true,
    // What it inherits must not make it one of those that it ends, nor let it speak to anyone.
    env: reaperEnvironment(),
    extendEnv: false,
  });
  const ready = await saysReady(child.stdout);
  const { pid, stdin } = child;
  if (!ready || pid === undefined) {
    child.kill('SIGKILL');
    throw new HarnessError(
      'FL_REAPER_FAILED',
      `the reaper did not become ready within ${readyWithinMs} ms; without it a killed harness would leave processes behind`,
    );
  }
  registry.addReaper(pid);
  stdin.on('error', () => undefined);
  // It must not keep a harness alive that is done.
  child.nodeChildProcess.unref();
  return {
    pid,
    async [Symbol.asyncDispose]() {
      // Now its end is waited for, and nothing else may be left that keeps the harness alive until then.
      child.nodeChildProcess.ref();
      stdin.end('release\n');
      await child;
    },
  };
};
