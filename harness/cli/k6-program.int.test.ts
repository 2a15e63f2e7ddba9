// Where k6 comes from, with a docker command that only writes down what it is told.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findK6, openK6 } from './k6-program.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-k6-program-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A PATH with this command `docker` alone. */
const withDocker = async (script: string): Promise<{ readonly PATH: string }> => {
  await writeFile(join(folder, 'docker'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'docker'), 0o755);
  return { PATH: folder };
};

test('the program comes before a container of it', async () => {
  const environment = { ...(await withDocker('echo 28.0.0')), FAULTLINE_K6: process.execPath };
  expect(await findK6(environment)).toEqual({ path: process.execPath });
});

test('where there is only an engine, it is a container, with the image that is asked for', async () => {
  const environment = await withDocker('echo 28.0.0');
  expect(await findK6(environment)).toEqual({ image: 'grafana/k6:1.8.0' });
  expect(await findK6({ ...environment, FAULTLINE_K6_IMAGE: 'mine/k6:9' })).toEqual({ image: 'mine/k6:9' });
});

test('a k6 that is named and is none is not made good by a container', async () => {
  const environment = { ...(await withDocker('echo 28.0.0')), FAULTLINE_K6: '/nowhere/k6' };
  await expect(findK6(environment)).rejects.toThrow(/FAULTLINE_K6 is \/nowhere\/k6, which is no program/);
});

test('an engine that does not answer is none', async () => {
  await expect(findK6(await withDocker('exit 1'))).rejects.toThrow(/k6 program is not here: .*or start a Docker engine/);
});

test('a container is one of the run, which the reaper removes, and is gone when its driver is', async () => {
  const log = join(folder, 'asked');
  const environment = await withDocker(`echo "$@" >> ${log}; echo 28.0.0`);
  const projects: string[] = [];
  const program = await openK6(environment, { run: 'r-1', addProject: (name) => void projects.push(name) });
  expect(projects).toEqual(['faultline-run-r-1']);
  const { args } = program.commandFor({ args: ['run', 'script.js'], environment: {}, folders: ['/f'] });
  const name = args[args.indexOf('--name') + 1] ?? '';
  expect(name).toMatch(/^faultline-run-r-1-k6-/);
  // What the engine says here is the number of no process.
  expect(await program.pid?.()).toBeNull();
  await program.remove?.();
  expect((await readFile(log, 'utf8')).trim().split('\n').slice(1)).toEqual([
    `inspect --format {{.State.Pid}} ${name}`,
    `rm --force ${name}`,
  ]);
});
