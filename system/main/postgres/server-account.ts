// Which account runs the server: PostgreSQL refuses root, so root lends it an ordinary one. Nothing on the system is changed.
import { readFile } from 'node:fs/promises';
import { SystemError } from '../../contract/system-error.ts';

export type ServerAccount = { readonly name: string; readonly uid: number; readonly gid: number };

export const parseAccount = (passwd: string, name: string): ServerAccount | null => {
  const line = passwd.split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  const account = { name, uid: Number(uid), gid: Number(gid) };
  return uid && gid && account.uid > 0 && Number.isInteger(account.uid) && Number.isInteger(account.gid) ? account : null;
};

/** null: the server runs as whoever runs this process. */
export const chooseServerAccount = async (uid = process.getuid?.()): Promise<ServerAccount | null> => {
  if (uid !== 0) return null;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const account = parseAccount(passwd, 'nobody');
  if (account) return account;
  throw new SystemError(
    'FL_POSTGRES_ACCOUNT',
    'PostgreSQL does not run as root, and /etc/passwd has no account `nobody` to lend it. Run this as an ordinary user, or set DATABASE_URL.',
  );
};
