// Runs one PostgreSQL program to its end as the server's account. The working folder is /, which every account can enter.
import { execa } from 'execa';
import type { ServerAccount } from './server-account.ts';

export type ProgramResult = { readonly ok: boolean; readonly output: string };

export const binaryPath = (folder: string, name: string): string => `${folder}/bin/${name}${process.platform === 'win32' ? '.exe' : ''}`;

/** Spawn options that make a child run as the account; libraries are found by the binaries' own run path. */
export const asAccount = (account: ServerAccount | null) => ({
  cwd: '/',
  env: serverEnvironment(process.env),
  extendEnv: false,
  ...(account ? { uid: account.uid, gid: account.gid } : {}),
});

// An allow-list: PG* variables of the caller (PGDATA, PGPORT, PGOPTIONS) would change what the server does, and secrets
// have no business in the environment of a process that another account can read.
const passedOn = ['PATH', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP'];

const serverEnvironment = (environment: NodeJS.ProcessEnv): Record<string, string> => {
  const given: Record<string, string> = { LC_ALL: 'C' };
  for (const name of passedOn) {
    const value = environment[name];
    if (value !== undefined) given[name] = value;
  }
  return given;
};

export const runBinary = async (
  path: string,
  parameters: readonly string[],
  account: ServerAccount | null,
  signal?: AbortSignal,
): Promise<ProgramResult> => {
  const result = await execa(path, parameters, {
    ...asAccount(account),
    reject: false,
    stdin: 'ignore',
    all: true,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  return { ok: !result.failed, output: (result.all ?? '').trim() || (result.failed ? (result.shortMessage ?? '') : '') };
};
