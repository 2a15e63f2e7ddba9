// Where a benchmark works: a temporary folder, its processes on record, and a reaper that ends them should the benchmark die.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry, type ProcessRegistry } from '../stack/process-registry.ts';
import { startReaper } from '../stack/start-reaper.ts';

export type Workshop = AsyncDisposable & {
  readonly folder: string;
  readonly logFolder: string;
  readonly registry: ProcessRegistry;
  /** Ended before the folder goes. */
  use<Resource extends AsyncDisposable>(resource: Resource): Resource;
};

export const createWorkshop = async (): Promise<Workshop> => {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'faultline-bench-'));
  // PostgreSQL runs as an ordinary user where we are root, and must be able to enter.
  await chmod(folder, 0o755);
  undo.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const registry = undo.use(createRegistry(join(folder, 'processes.ndjson'), `bench-${process.pid}`, Date.now));
  registry.addFolder(folder);
  undo.use(await startReaper(registry));
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder);
  const stack = undo.move();
  return { folder, logFolder, registry, use: (resource) => stack.use(resource), [Symbol.asyncDispose]: () => stack.disposeAsync() };
};
