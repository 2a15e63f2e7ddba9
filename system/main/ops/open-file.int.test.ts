import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { openFile } from './open-file.ts';
import { OpsError } from './ops-error.ts';

test('a file has its name once it is kept, and goes where it is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-file-'));
  for (const isKept of [false, true]) {
    await using file = await openFile(join(folder, 'events'));
    await file.write('one\n');
    expect(await readdir(folder)).toEqual(['events.part']);
    if (isKept) await file.keep();
  }
  expect(await readdir(folder)).toEqual(['events']);
  expect(await readFile(join(folder, 'events'), 'utf8')).toBe('one\n');
  await rm(folder, { recursive: true });
});

test('one that can not be written is refused with its name and what to do', async () => {
  const path = join(tmpdir(), 'faultline-no-such-folder', 'events');
  const error: unknown = await openFile(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OpsError);
  expect((error as Error).message).toMatch(/events can't be written: ENOENT[^]*Name a file in a folder that is there and yours\.$/);
});

test('a folder is refused before anything is written, and nothing is left beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-file-'));
  await mkdir(join(folder, 'exports'));
  for (const path of [join(folder, 'exports'), `${join(folder, 'exports')}/`])
    await expect(openFile(path)).rejects.toThrow(`${path} is a folder: name a file in it.`);
  expect(await readdir(folder, { recursive: true })).toEqual(['exports']);
  await rm(folder, { recursive: true });
});

test('what does not fit is an error, also where the system took the beginning of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-file-'));
  const script = `
    const { openFile } = await import(${JSON.stringify(new URL('open-file.ts', import.meta.url).href)});
    await using file = await openFile(${JSON.stringify(join(folder, 'events'))});
    await file.write('x'.repeat(10_000)).then(() => console.log('written'), ({ code }) => console.log(code));`;
  // In blocks of 512 bytes: the first call writes as many.
  const words = ['-c', 'ulimit -f 8 && exec "$0" --input-type=module -e "$1"', process.execPath, script];
  const { stdout, stderr } = await execa('sh', words, { env: { NODE_COMPILE_CACHE: '' } });
  expect([stdout, stderr]).toEqual(['EFBIG', '']);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
