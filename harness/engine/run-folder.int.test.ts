import { mkdir, mkdtemp, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';
import { writeManifest } from './manifest.ts';
import { checkFolders, neededBytes, unfinishedRuns } from './preflight.ts';
import { readJson } from './read-run-data.ts';
import type { RunManifest } from './run-data.ts';
import { createRunFolder, pointLatest, runId } from './run-folder.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-engine-test-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const manifest = { format: 1, id: 'x', state: 'running', endedAt: null } as unknown as RunManifest;
const at = Date.UTC(2026, 10, 21, 7, 1, 2);

describe('a run’s folder', () => {
  test('is named so that ids sort by time', () => {
    expect(runId(at, () => 0.5)).toBe('20261121-070102-8000');
    expect(runId(at, () => 0.5) < runId(at + 1000, () => 0)).toBe(true);
  });

  test('is a new one also where two runs begin in the same second with the same luck', async () => {
    const luck = [0.1, 0.1, 0.2];
    const random = () => luck.shift() ?? 0.3;
    const first = await createRunFolder(folder, at, random);
    const second = await createRunFolder(folder, at, random);
    expect(first.path).not.toBe(second.path);
  });

  test('latest points to the run that began last', async () => {
    await pointLatest(folder, 'one');
    await pointLatest(folder, 'two');
    expect(await readlink(join(folder, 'latest'))).toBe('two');
  });
});

describe('run.json', () => {
  test('changes its state once and then stays', async () => {
    const own = join(folder, 'manifest');
    await mkdir(own);
    const file = await writeManifest(own, manifest);
    await file.finish('interrupted', at, 'by hand');
    await file.finish('finished', at);
    expect(await readJson<RunManifest>(join(own, 'run.json'))).toMatchObject({ state: 'interrupted', error: 'by hand' });
  });

  test('can be marked interrupted without waiting', async () => {
    const own = join(folder, 'at-once');
    await mkdir(own);
    (await writeManifest(own, manifest)).interruptAtOnce(at);
    expect(await readJson<RunManifest>(join(own, 'run.json'))).toMatchObject({ state: 'interrupted' });
  });
});

describe('before anything starts', () => {
  const free = (bytes: number) => () => Promise.resolve(bytes);

  test('folders that can be written and have room are fine, and the one for runs is made', async () => {
    await expect(checkFolders(join(folder, 'made', 'here'), tmpdir(), free(neededBytes))).resolves.toBeUndefined();
  });

  test('too little room is said, with what there is', async () => {
    await expect(checkFolders(folder, tmpdir(), free(neededBytes - 1024 ** 2))).rejects.toMatchObject({
      code: 'FL_DISK_FULL',
      message: expect.stringContaining('only 1023 MiB') as string,
    });
  });

  test('a folder that cannot be made is said, with what to do', async () => {
    await writeFile(join(folder, 'a-file'), '');
    await expect(checkFolders(join(folder, 'a-file', 'runs'), tmpdir(), free(neededBytes))).rejects.toMatchObject({
      code: 'FL_FOLDER_NOT_WRITABLE',
      message: expect.stringMatching(/a-file\/runs.*--report DIR/) as string,
    });
  });

  test('a folder in /proc ends in an error, not in a loop', async () => {
    await expect(makeFolder('/proc/faultline/runs')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('folders of runs that never ended are named, finished ones are not', async () => {
    const runs = join(folder, 'unfinished');
    for (const [name, state] of Object.entries({ done: 'finished', half: 'running', stopped: 'interrupted' })) {
      await mkdir(join(runs, name), { recursive: true });
      await writeFile(join(runs, name, 'run.json'), JSON.stringify({ ...manifest, state }));
    }
    await mkdir(join(runs, 'empty'));
    const found = await unfinishedRuns(runs);
    expect(found.map(({ path }) => path.slice(runs.length + 1)).toSorted()).toEqual(['empty', 'half']);
  });
});
