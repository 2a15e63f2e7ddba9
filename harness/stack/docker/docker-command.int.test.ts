// What is missing of Docker is said, with what to do: on made-up docker programs, so that it needs no engine.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDocker } from './docker-command.ts';
import { isOurProject, projectOf, removeProject } from './remove-project.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, script: string): void => {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
};

test('no docker at all', async () => {
  await expect(findDocker({ PATH: folder })).rejects.toThrow('found no docker on PATH; install Docker Engine');
});

test('an engine that does not answer, in its own words', async () => {
  put('docker', 'echo "Cannot connect to the Docker daemon at unix:///x" >&2; exit 1');
  await expect(findDocker({ PATH: folder })).rejects.toThrow(
    /no Docker engine answers: Cannot connect to the Docker daemon at unix:\/\/\/x\nStart it/,
  );
});

test('an engine without compose', async () => {
  put('docker', '[ "$1" = version ] && echo 28.0.0');
  await expect(findDocker({ PATH: folder })).rejects.toThrow('neither docker compose nor docker-compose');
});

test('compose as a plugin, or as a program of its own', async () => {
  put('docker', '[ "$1" = version ] && echo 28.0.0');
  put('docker-compose', 'echo v2');
  expect((await findDocker({ PATH: folder })).compose).toEqual(['docker-compose']);
  put('docker', 'echo fine');
  expect((await findDocker({ PATH: folder })).compose).toEqual(['docker', 'compose']);
});

test("variables of the harness's own and of compose do not reach it", async () => {
  put('docker', 'echo "$FAULTLINE_LOKI_TOKEN,$COMPOSE_FILE,$DOCKER_HOST"');
  const docker = await findDocker({ PATH: folder, FAULTLINE_LOKI_TOKEN: 'secret', COMPOSE_FILE: 'x', DOCKER_HOST: 'tcp://h' });
  expect(await docker.run('ps')).toBe(',,tcp://h');
});

test("only a run's own project is ever removed", async () => {
  expect(projectOf('20261125-214609-3A21')).toBe('faultline-run-20261125-214609-3a21');
  expect(isOurProject(projectOf('any run'))).toBe(true);
  expect(['faultline-observability', 'someones', 'faultline-run-', 'faultline-run-x;y'].map(isOurProject)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(await removeProject('faultline-observability')).toBe(false);
});
