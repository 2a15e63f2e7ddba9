// How many datagrams the kernel dropped before we could take them: its own count of our socket, in /proc/net/udp. Where that is not there it is unknown.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type KernelDrops = {
  /** Since the socket was opened; null: unknown. */
  read(): number | null;
};

type SocketLine = { readonly inode: string; readonly port: number; readonly drops: number };

/** `file`: /proc/self/net/udp, or udp6. */
export const kernelDropsOf = (
  port: number,
  family: 'udp4' | 'udp6',
  file = family === 'udp4' ? '/proc/self/net/udp' : '/proc/self/net/udp6',
): KernelDrops => {
  const inode = ownInode(file, port);
  if (inode === null) return { read: () => null };
  return { read: () => readLines(file)?.find((line) => line.inode === inode && line.port === port)?.drops ?? null };
};

/** Of several processes that share the port each has a socket of its own. */
const ownInode = (file: string, port: number): string | null => {
  const lines = (readLines(file) ?? []).filter((line) => line.port === port);
  const own = ownSockets();
  const [one, ...others] = lines.filter(({ inode }) => own.has(inode));
  return one !== undefined && others.length === 0 ? one.inode : null;
};

const ownSockets = (): ReadonlySet<string> => {
  const folder = '/proc/self/fd';
  try {
    return new Set(readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${fd}`))?.[1] ?? []));
  } catch {
    // No such system: nothing can be had.
    return new Set();
  }
};

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    // Closed in the meantime.
    return '';
  }
};

const readLines = (file: string): readonly SocketLine[] | null => {
  try {
    return readFileSync(file, 'latin1').split('\n').slice(1).flatMap(parseLine);
  } catch {
    return null;
  }
};

/** sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ref pointer drops (proc(5)). */
const parseLine = (line: string): readonly SocketLine[] => {
  const [, local, , , , , , , , inode, , , drops] = line.trim().split(/\s+/);
  const port = Number.parseInt(local?.split(':').at(-1) ?? '', 16);
  const count = Number(drops);
  return inode === undefined || !Number.isSafeInteger(port) || !Number.isSafeInteger(count) ? [] : [{ inode, port, drops: count }];
};
