// What the reaper takes out of the engine, on a made-up docker that writes down what it is asked.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../engine/clock.ts';
import { findStale } from '../find-stale.ts';
import { identityOf } from '../process-identity.ts';
import { createRegistry } from '../process-registry.ts';
import { reap } from '../reap.ts';
import { removeProject } from './remove-project.ts';
import { startDocker } from './start-docker.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const putDocker = (script: string): void => {
  const path = join(folder, 'docker');
  writeFileSync(path, `#!/bin/sh\necho "$@" >> ${folder}/asked\n${script}\n`);
  chmodSync(path, 0o755);
};
const asked = (): readonly string[] =>
  existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') : [];

const label = '--filter label=com.docker.compose.project=faultline-run-one';

test('containers, volumes and networks with the label of the run go, in this order', async () => {
  putDocker('case "$1 $2" in "ps --all") printf "c1\\nc2\\n";; "volume ls") echo v1;; esac');
  expect(await removeProject('faultline-run-one')).toBe(true);
  expect(asked()).toEqual([
    `ps --all --quiet ${label}`,
    'rm --force --volumes c1 c2',
    `volume ls --quiet ${label}`,
    'volume rm --force v1',
    `network ls --quiet ${label}`,
  ]);
});

test('an engine that does not answer is not taken for one that has nothing', async () => {
  putDocker('exit 1');
  expect(await removeProject('faultline-run-one')).toBe(false);
});

test('the reaper removes the project on record, and asks for no other', async () => {
  putDocker('exit 0');
  const file = join(folder, 'processes.ndjson');
  using registry = createRegistry(file, 'one', () => 0);
  registry.addProject('faultline-run-one');
  registry.addProject('faultline-observability');
  expect(await reap(file, { politeMs: 100, withinMs: 1_000 })).toMatchObject({ projects: ['faultline-run-one'] });
  expect(asked().filter((line) => !line.endsWith(label))).toEqual([]);
});

test('a run without containers does not ask for docker', async () => {
  putDocker('exit 0');
  const file = join(folder, 'processes.ndjson');
  using _registry = createRegistry(file, 'two', () => 0);
  await reap(file, { politeMs: 100, withinMs: 1_000 });
  expect(asked()).toEqual([]);
});

test('a container that a fault was at work on when the harness died is let go on', async () => {
  putDocker('exit 0');
  using registry = createRegistry(join(folder, 'processes.ndjson'), 'r1', () => 0);
  registry.addHealing(['docker', 'unpause', 'abc']);
  await reap(registry.file, { politeMs: 0, withinMs: 0 });
  expect(asked()).toEqual(['unpause abc']);
});

test('what heals nothing any more, or is not there, keeps the reaper from nothing', async () => {
  putDocker('exit 1');
  using registry = createRegistry(join(folder, 'processes.ndjson'), 'r1', () => 0);
  registry.addHealing(['docker', 'unpause', 'gone']);
  registry.addHealing(['no-such-program']);
  expect(await reap(registry.file, { politeMs: 0, withinMs: 0 })).toMatchObject({ left: [] });
});

describe('what could not be removed', () => {
  /** An engine that starts nothing, and may be too busy to remove anything. */
  const startOn = async (removing: string): Promise<readonly string[]> => {
    putDocker(`case "$1" in version) echo 28;; compose) [ "$2" = version ];; *) ${removing};; esac`);
    using registry = createRegistry(join(folder, 'processes.ndjson'), 'one', () => 0);
    const warnings: string[] = [];
    const place = { registry, logFolder: folder, clock: systemClock, signal: new AbortController().signal };
    const options = { ...place, environment: { PATH: process.env['PATH'] }, warn: (text: string) => void warnings.push(text) };
    await expect(startDocker(options)).rejects.toMatchObject({ code: 'FL_STACK_FAILED' });
    return warnings;
  };

  test('at the end of a stack is told, with the command that removes it', async () => {
    expect(await startOn('exit 1')).toEqual([
      expect.stringMatching(
        /faultline-run-one could not be removed: the engine refused, or did not answer in time.*remove them with: docker compose --project-name faultline-run-one down --volumes$/,
      ),
    ]);
    expect(await startOn('exit 0')).toEqual([]);
  });

  /** A run folder whose harness is gone, or lives. */
  const writeRun = (run: string, isUnderWay: boolean): void => {
    mkdirSync(join(folder, 'runs', run), { recursive: true });
    const harness = { kind: 'harness', run, at: 1, pid: process.pid, startTime: isUnderWay ? identityOf(process.pid)?.startTime : 'gone' };
    const project = { kind: 'project', name: `faultline-run-${run}`, at: 2 };
    const lines = [harness, project].map((entry) => JSON.stringify(entry));
    writeFileSync(join(folder, 'runs', run, 'processes.ndjson'), `${lines.join('\n')}\n`);
  };

  test('is stale in the next run, where the engine still has any of it', async () => {
    for (const run of ['containers', 'volumes', 'networks', 'nothing']) writeRun(run, false);
    writeRun('under-way', true);
    const left = ['ps', 'volume', 'network'].map(
      (list, at) => `${list}) echo faultline-run-${['containers', 'volumes', 'networks'][at]};;`,
    );
    putDocker(`echo; echo faultline-run-under-way; echo someones; case "$1" in ${left.join(' ')} esac`);
    const { stale, running } = await findStale(join(folder, 'runs'));
    expect(running).toEqual([{ run: 'under-way', pid: process.pid }]);
    expect(stale.toSorted((a, b) => (a.run < b.run ? -1 : 1))).toEqual(
      ['containers', 'networks', 'volumes'].map((run) => ({ kind: 'project', run, name: `faultline-run-${run}`, at: 2 })),
    );
    expect(asked()).toHaveLength(3);
  });

  test('is not made up where no engine answers, and none is asked where no run used one', async () => {
    writeRun('one', false);
    putDocker('exit 1');
    expect(await findStale(join(folder, 'runs'))).toEqual({ stale: [], running: [] });
    rmSync(join(folder, 'asked'));
    rmSync(join(folder, 'runs', 'one'), { recursive: true });
    expect(await findStale(join(folder, 'runs'))).toEqual({ stale: [], running: [] });
    expect(asked()).toEqual([]);
  });
});
