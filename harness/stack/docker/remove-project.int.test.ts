// What the reaper takes out of the engine, on a made-up docker that writes down what it is asked.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRegistry } from '../process-registry.ts';
import { reap } from '../reap.ts';
import { removeProject } from './remove-project.ts';

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
