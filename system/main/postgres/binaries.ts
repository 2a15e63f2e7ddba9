// Binaries that really run as the server's account: in place where they do, else from a copy. Trying beats guessing from modes:
// it also sees ACLs, noexec mounts and missing libraries.
import { tmpdir } from 'node:os';
import { ensureBinariesCopy } from './binaries-copy.ts';
import type { NativePackage } from './native-package.ts';
import { SystemError } from '../../contract/system-error.ts';
import { binaryPath, runBinary } from './run-binary.ts';
import type { ServerAccount } from './server-account.ts';

export type Binaries = { readonly folder: string; /** Such as 18.4. */ readonly version: string; readonly major: number };

type Attempt = { readonly binaries: Binaries } | { readonly problem: string };

const tryBinaries = async (folder: string, account: ServerAccount | null): Promise<Attempt> => {
  // initdb runs `postgres --version` itself and needs libpq, so this tries both programs and their libraries.
  const [postgres, initdb] = await Promise.all(
    ['postgres', 'initdb'].map((name) => runBinary(binaryPath(folder, name), ['--version'], account)),
  );
  const version = /PostgreSQL\) (\d+)(\S*)/.exec(postgres?.output ?? '');
  if (postgres?.ok && initdb?.ok && version) {
    return { binaries: { folder, version: `${version[1]}${version[2]}`, major: Number(version[1]) } };
  }
  return { problem: `${folder}: ${(postgres?.ok ? initdb : postgres)?.output}` };
};

const tryCopy = async (native: NativePackage, parent: string, account: ServerAccount | null): Promise<Attempt> => {
  try {
    return await tryBinaries(await ensureBinariesCopy(native, parent), account);
  } catch (error) {
    return { problem: `${parent}: ${String(error)}` };
  }
};

export const findBinaries = async (native: NativePackage, account: ServerAccount | null, temporary = tmpdir()): Promise<Binaries> => {
  const inPlace = await tryBinaries(native.folder, account);
  if ('binaries' in inPlace) return inPlace.binaries;
  const problems = [inPlace.problem];
  for (const parent of new Set([temporary, '/tmp', '/var/tmp'])) {
    const attempt = await tryCopy(native, parent, account);
    if ('binaries' in attempt) return attempt.binaries;
    problems.push(attempt.problem);
  }
  throw new SystemError(
    'FL_POSTGRES_BINARIES',
    `The PostgreSQL that npm brought does not run${account ? ` as user ${account.name}` : ''}. Tried:\n  ${problems.join('\n  ')}\n` +
      'Set TMPDIR to a folder that this user can enter and run programs from, or set DATABASE_URL to a PostgreSQL of yours.',
  );
};
