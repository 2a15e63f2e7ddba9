// The thread that listens: it takes datagrams from the kernel and lays them into the ring, and does nothing else. Whatever the process is busy with, the
// kernel's small buffer is emptied.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createRingWriter, type RingMemory } from './ring.ts';

export type ReceiveThreadData = {
  readonly memory: RingMemory;
  readonly host: string;
  readonly port: number;
  /** Several processes share the port. */
  readonly reusePort: boolean;
  /** Asked of the kernel, which gives what it may. */
  readonly receiveBufferBytes: number;
};

export type FromReceiver =
  | { readonly kind: 'listening'; readonly port: number; readonly family: 'udp4' | 'udp6'; readonly bufferBytes: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** Datagrams are in the ring again. */
  | { readonly kind: 'wake' }
  /** Asked to stop, it has taken what the kernel still held. */
  | { readonly kind: 'silent' };

export type ToReceiver = { readonly kind: 'stop' } | { readonly kind: 'close' };

/** Stopping ends when nothing came for so long, or after the longest time. */
const silentMs = 20;
const longestStopMs = 300;

const { memory, host, port, reusePort, receiveBufferBytes } = workerData as ReceiveThreadData;
const say = (message: FromReceiver): void => parentPort?.postMessage(message);
const ring = createRingWriter(memory);
const family = isIPv6(host) ? 'udp6' : 'udp4';
const socket = createSocket({ type: family, reusePort, recvBufferSize: receiveBufferBytes });
let taken = 0;
let isListening = false;

socket.on('message', (datagram) => {
  taken += 1;
  if (ring.write(datagram) === 'wake') say({ kind: 'wake' });
});
socket.on('error', (error: NodeJS.ErrnoException) => {
  // Once it listens, an error is of one datagram and not of the door.
  if (!isListening) say({ kind: 'failed', code: error.code ?? 'unknown', message: error.message });
});

const untilSilent = async (): Promise<void> => {
  const until = performance.now() + longestStopMs;
  for (let before = -1; before !== taken && performance.now() < until;) {
    before = taken;
    await delay(silentMs);
  }
};

parentPort?.on('message', (message: ToReceiver) => {
  if (message.kind === 'stop') {
    void untilSilent().then(() => say({ kind: 'silent' }));
    return;
  }
  socket.close();
  parentPort?.close();
});

socket.bind({ port, address: host });
await once(socket, 'listening').then(
  () => {
    isListening = true;
    say({ kind: 'listening', port: socket.address().port, family, bufferBytes: socket.getRecvBufferSize() });
  },
  () => {
    socket.close();
    parentPort?.close();
  },
);
