// One run from its folder to its reports. The manifest says how it ended in every case; the reaper is there before anything that it would have to reap.
import { join } from 'node:path';
import { systemClock } from '../engine/clock.ts';
import { asHarnessError, explain } from '../engine/errors.ts';
import { describeCommit, describeMachine, type ManifestFile, writeManifest } from '../engine/manifest.ts';
import type { EngineParts } from '../engine/parts.ts';
import type { PlannedScenario } from '../engine/plan.ts';
import { createRunFolder, pointLatest, type RunFolder } from '../engine/run-folder.ts';
import { run } from '../engine/run.ts';
import type { RunVerdict } from '../engine/verdict.ts';
import type { Console } from '../report/console/console.ts';
import { writeReports } from '../report/write-reports.ts';
import { createRegistry } from '../stack/process-registry.ts';
import { startReaper } from '../stack/start-reaper.ts';
import { exitCodes } from './exit-codes.ts';
import { type Interruption, watchInterruption } from './interruption.ts';
import { keepRunning } from './keep.ts';
import { root } from './parts.ts';
import { describeVersions } from './versions.ts';
import { settleDisk } from './settle-disk.ts';
import type { VerifyOptions } from './verify-options.ts';

export type SessionOptions = {
  readonly options: VerifyOptions;
  readonly planned: readonly PlannedScenario[];
  readonly parts: EngineParts;
  readonly view: Console;
  readonly printJson: (text: string) => void;
};

export const runSession = async (session: SessionOptions): Promise<number> => {
  const { options, view } = session;
  const folder = await createRunFolder(options.reportFolder, systemClock.now(), Math.random);
  const manifest = await beginManifest(session, folder);
  await pointLatest(options.reportFolder, folder.id);
  using interruption = watchInterruption(view.say, () => {
    manifest.interruptAtOnce(systemClock.now());
    process.exit(exitCodes.interrupted);
  });
  try {
    const verdict = await runUnderReaper(session, folder, manifest, interruption);
    return verdict === null ? exitCodes.interrupted : verdict.exitCode;
  } catch (error) {
    if (interruption.signal.aborted) return await endInterrupted(session, folder, manifest);
    await manifest.finish('failed', systemClock.now(), explain(error));
    view.say(`the run's folder is kept: ${folder.path}`);
    throw asHarnessError(error);
  }
};

const beginManifest = async ({ options, planned }: SessionOptions, folder: RunFolder): Promise<ManifestFile> =>
  writeManifest(folder.path, {
    format: 1,
    id: folder.id,
    startedAt: new Date(systemClock.now()).toISOString(),
    endedAt: null,
    state: 'running',
    seed: options.seed,
    scenarios: planned.map(({ plan }) => plan.scenario.name),
    runtime: options.runtime,
    versions: await describeVersions(root),
    machine: describeMachine(),
    commit: await describeCommit(root),
  });

const runUnderReaper = async (
  session: SessionOptions,
  folder: RunFolder,
  manifest: ManifestFile,
  { signal }: Interruption,
): Promise<RunVerdict | null> => {
  const { options, planned, parts, view } = session;
  using registry = createRegistry(join(folder.path, 'processes.ndjson'), folder.id, systemClock.now);
  await using _reaper = await startReaper(registry);
  const scenarios = planned.map(({ plan }) => plan.scenario.name);
  view.onProgress({ kind: 'run-started', id: folder.id, folder: folder.path, seed: options.seed, scenarios });
  const tell = (verdict: RunVerdict) => finish(session, folder, manifest, verdict);
  await settleDisk(view.say, signal);
  const verdict = await run({
    runId: folder.id,
    folder: folder.path,
    planned,
    parts,
    registry,
    clock: systemClock,
    signal,
    onProgress: view.onProgress,
    onStack: ({ versions }) => manifest.addVersions(versions),
    ...(options.keep ? { beforeTakedown: keepRunning({ folder: folder.path, say: view.say, tell, signal }) } : {}),
  });
  // Whoever kept the system running ends it by Ctrl-C, once everything has been told.
  if (manifest.current().state === 'finished') return verdict;
  if (signal.aborted) {
    await endInterrupted(session, folder, manifest);
    return null;
  }
  await tell(verdict);
  return verdict;
};

const endInterrupted = async ({ view }: SessionOptions, folder: RunFolder, manifest: ManifestFile): Promise<number> => {
  await manifest.finish('interrupted', systemClock.now(), 'interrupted before it was done');
  view.say(`interrupted; the run's folder is kept: ${folder.path}`);
  return exitCodes.interrupted;
};

const finish = async (
  { view, options, printJson }: SessionOptions,
  folder: RunFolder,
  manifest: ManifestFile,
  verdict: RunVerdict,
): Promise<void> => {
  await manifest.finish('finished', systemClock.now());
  await writeReports(folder.path, manifest.current(), verdict);
  if (options.json) printJson(`${JSON.stringify(verdict, null, 2)}\n`);
  view.finish(manifest.current(), verdict, folder.path);
};
