import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processState } from '../stack/process-identity.ts';
import { claimFolder } from './stack-claim.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-claim-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const self = { pid: process.pid, startTime: processState(process.pid)?.startTime ?? '' };
const parent = { pid: process.ppid, startTime: processState(process.ppid)?.startTime ?? '' };

describe('the folder of a stack', () => {
  test('is one process’s at a time, and free again afterwards', async () => {
    {
      await using _first = await claimFolder(folder, self);
      await expect(claimFolder(folder, parent)).rejects.toThrow(new RegExp(`another stack is starting in .* \\(pid ${self.pid}\\)`));
    }
    await using _second = await claimFolder(folder, parent);
    expect(await readdir(folder)).toEqual(['keeper.json']);
  });

  test('is taken over where the claim is no claim', async () => {
    await writeFile(join(folder, 'keeper.json'), '{"pid":');
    await using _claim = await claimFolder(folder, self);
    expect(await readdir(folder)).toEqual(['keeper.json']);
  });

  test('is taken over from one that was killed, whose number may be another process’s by now', async () => {
    await writeFile(join(folder, 'keeper.json'), JSON.stringify({ ...self, startTime: 'before' }));
    await using _claim = await claimFolder(folder, self);
    expect(await readdir(folder)).toEqual(['keeper.json']);
  });
});
