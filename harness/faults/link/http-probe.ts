// Uses a link to an HTTP server as a client of it. It asks for its health and its description, which change nothing and are counted as no event.
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { codeOf, type KeptProbe, type Probe, timed } from './probe.ts';

export const createHttpProbe = (url: string): Probe => ({ open: (withinMs) => openConnection(new URL(url), withinMs) });

const openConnection = async ({ hostname, port }: URL, withinMs: number): Promise<KeptProbe> => {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let ended: string | null = null;
  socket.on('error', (error) => (ended ??= codeOf(error)));
  socket.on('close', () => (ended ??= 'closed'));
  const connected = await timed(() => once(socket, 'connect'), withinMs);
  if (!connected.ok) {
    socket.destroy();
    throw Object.assign(new Error(connected.why), { code: connected.why });
  }
  return {
    ask: (ms) => timed(() => get(socket, '/health'), ms),
    transfer: async (way, bytes, ms) => {
      const padding = way === 'up' ? Math.min(bytes, mostPaddingBytes) : 0;
      let answered = 0;
      const asked = await timed(async () => (answered = await get(socket, '/openapi.json', padding)), ms);
      return { ...asked, bytes: way === 'up' ? padding : answered };
    },
    ended: () => ended,
    [Symbol.asyncDispose]: async () => void socket.destroy(),
  };
};

/** Servers refuse larger headers. */
const mostPaddingBytes = 8192;

/** The bytes of the answer's body. */
const get = async (socket: Socket, path: string, paddingBytes = 0): Promise<number> => {
  const headers = { connection: 'keep-alive', ...(paddingBytes === 0 ? {} : { 'x-padding': 'x'.repeat(paddingBytes) }) };
  const asking = request({ createConnection: () => socket, path, headers, method: 'GET' });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [AsyncIterable<Buffer>];
  let bytes = 0;
  for await (const chunk of answer) bytes += chunk.length;
  return bytes;
};
