// The sending end: never waits for anybody, and says whether the kernel took what it was given.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export type UdpSocket = AsyncDisposable & {
  /** `sent` is called once: with null when the kernel has taken the datagram, or with its reason not to. */
  send(datagram: Buffer, sent: (refusal: Error | null) => void): void;
  /** Datagrams wait because the kernel took no more. */
  isBlocked(): boolean;
};

/** Not connected: what the far end's host says of datagrams before must not become the failure of this one. */
export const openUdpSocket = ({ host, port }: { readonly host: string; readonly port: number }): UdpSocket => {
  // The host is an address already; asked of the system each time, it would cost more than the sending.
  const socket = createSocket({ type: 'udp4', lookup: (_name, _options, found) => found(null, host, 4) });
  return {
    send: (datagram, sent) => socket.send(datagram, port, host, (error) => sent(error ?? null)),
    isBlocked: () => socket.getSendQueueCount() > 0,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
};
