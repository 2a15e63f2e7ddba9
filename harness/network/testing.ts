// For tests of links: a server that answers what it hears, and clients whose fate can be awaited.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { openTcpLink, type TcpLink } from './tcp-link.ts';
import { systemTimers } from './timers.ts';

export type EchoServer = AsyncDisposable & { readonly port: number; readonly sockets: Set<Socket> };

export const startEcho = async (): Promise<EchoServer> => {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    [Symbol.asyncDispose]: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
};

/** A link to an echo server, and the server behind it. */
export const linkToEcho = async (): Promise<AsyncDisposable & { readonly link: TcpLink; readonly echo: EchoServer }> => {
  const echo = await startEcho();
  const link = await openTcpLink({ to: { host: '127.0.0.1', port: echo.port }, protocol: 'tcp', timers: systemTimers });
  return {
    link,
    echo,
    [Symbol.asyncDispose]: async () => {
      await link[Symbol.asyncDispose]();
      await echo[Symbol.asyncDispose]();
    },
  };
};

export type TestClient = Disposable & {
  readonly socket: Socket;
  /** Sends, and waits until as many bytes are back; how long that took, in milliseconds. null: not within the bound. */
  roundTrip(text: string, withinMs?: number): Promise<number | null>;
  /** The quickest of several: what a busy machine adds to some is nobody's. Infinity: none was answered. */
  quickest(text: string): Promise<number>;
  /** How the connection ended: `closed`, or an error's code. */
  readonly ended: Promise<string>;
};

export const openClient = async (port: number): Promise<TestClient> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let [heard, failure] = [0, 'closed'];
  const listeners = new Set<() => void>();
  socket.on('data', (chunk) => {
    heard += chunk.length;
    listeners.forEach((listener) => listener());
  });
  socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code ?? error.message));
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(failure)));
  await Promise.race([once(socket, 'connect').catch(() => undefined), ended]);
  const roundTrip = async (text: string, withinMs = 2000): Promise<number | null> => {
    const [startedAt, wanted] = [performance.now(), heard + Buffer.byteLength(text)];
    const back = Promise.withResolvers<number | null>();
    const look = (): void => void (heard >= wanted && back.resolve(performance.now() - startedAt));
    const timer = setTimeout(() => back.resolve(null), withinMs);
    listeners.add(look);
    socket.write(text);
    try {
      return await back.promise;
    } finally {
      listeners.delete(look);
      clearTimeout(timer);
    }
  };
  const quickest = async (text: string): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) times.push((await roundTrip(text)) ?? Infinity);
    return Math.min(...times);
  };
  return { socket, roundTrip, quickest, ended, [Symbol.dispose]: () => void socket.destroy() };
};
