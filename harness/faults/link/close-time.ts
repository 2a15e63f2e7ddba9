// How long the end of a connection takes to come back: this end says that it is done, and waits until the far end says so too.
import { once } from 'node:events';
import { connect } from 'node:net';
import { type Asked, timed } from './probe.ts';

export const measureClose = async (url: string, withinMs: number): Promise<Asked> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined).resume();
  try {
    await once(socket, 'connect');
    return await timed(async () => {
      socket.end();
      await once(socket, 'close');
    }, withinMs);
  } finally {
    socket.destroy();
  }
};
