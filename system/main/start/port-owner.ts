// Who listens on a TCP port, as far as /proc lets us see: for the message when a port is taken.
import { readdir, readFile, readlink } from 'node:fs/promises';

export type PortOwner = { readonly pid: number; readonly command: string };

const listening = '0A';

/** Text of /proc/net/tcp or tcp6 -> inodes of the sockets that listen on the port. */
export const listeningInodes = (table: string, port: number): readonly string[] => {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hexPort}`) && fields[3] === listening)
    .flatMap((fields) => (fields[9] ? [fields[9]] : []));
};

const holds = async (pid: string, sockets: ReadonlySet<string>): Promise<boolean> => {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.some((target) => sockets.has(target));
};

/** null: nobody that we may see (another account's process, or no /proc). */
export const findPortOwner = async (port: number): Promise<PortOwner | null> => {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')));
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (!(await holds(pid, sockets))) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return { pid: Number(pid), command: command.split('\0').join(' ').trim().slice(0, 200) };
  }
  return null;
};

/** Words for a message: `by pid 4711 (node server.js)`, or what is known. */
export const describePortOwner = async (port: number): Promise<string> => {
  const owner = await findPortOwner(port);
  return owner ? `by pid ${owner.pid} (${owner.command})` : "by a process that this user can't see";
};
