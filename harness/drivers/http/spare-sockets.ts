// Sockets that are connected ahead of their use. One that the other side closed meanwhile, or that never came about, is left out: whoever needs it connects anew.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type SpareSockets = {
  take(): Socket | null;
  /** Closes those that were not taken. */
  close(): void;
};

const atOnce = 64;
const withinMs = 3000;

export const openSockets = async ({ hostname, port }: URL, count: number): Promise<SpareSockets> => {
  const spare: Socket[] = [];
  const signal = AbortSignal.timeout(withinMs);
  for (let opened = 0; opened < count && !signal.aborted; opened += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - opened) }, () => openOne(hostname, Number(port), signal));
    const sockets = (await Promise.all(batch)).filter((socket) => socket !== null);
    spare.push(...sockets);
    if (sockets.length === 0) break;
  }
  return {
    take: () => {
      for (let socket = spare.shift(); socket !== undefined; socket = spare.shift()) {
        socket.removeListener('error', ignore);
        if (socket.readyState === 'open') return socket;
        socket.destroy();
      }
      return null;
    },
    close: () => spare.forEach((socket) => socket.destroy()),
  };
};

/** A spare socket that breaks is found when it is taken. */
const ignore = (): void => {};

const openOne = async (host: string, port: number, signal: AbortSignal): Promise<Socket | null> => {
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  socket.on('error', ignore);
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch {
    socket.destroy();
    return null;
  }
};
