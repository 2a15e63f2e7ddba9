// The receiving end seen from the process: a thread that listens, the ring that it fills, and the kernel's count of what neither ever saw.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { kernelDropsOf } from './kernel-drops.ts';
import type { FromReceiver, ReceiveThreadData, ToReceiver } from './receive-thread.ts';
import { createRingMemory, createRingReader } from './ring.ts';

export type Receiver = {
  /** The oldest that came; null: none, and `onWake` will be called when there is one again. */
  next(): Buffer | null;
  queueBytes(): number;
  readonly queueLimitBytes: number;
  received(): number;
  dropped(): number;
  /** null: unknown. */
  kernelDropped(): number | null;
  /** Takes what the kernel still holds, and closes the socket. What is in the ring then can still be had. */
  close(): Promise<void>;
};

export type OpenReceiver = Receiver & {
  readonly port: number;
  /** As the kernel gave it: it may be less than was asked for. */
  readonly receiveBufferBytes: number;
};

export type ReceiverOptions = Omit<ReceiveThreadData, 'memory'> & {
  readonly queueLimitBytes: number;
  readonly onWake: () => void;
  /** The thread ended, though nobody asked it to. */
  readonly onLost: (cause: Error) => void;
};

/** Its code is small, and its buffers are the ring's and the kernel's. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

/** Rejects with the error of the socket (its `code`, such as EADDRINUSE). */
export const openReceiver = async ({ queueLimitBytes, onWake, onLost, ...where }: ReceiverOptions): Promise<OpenReceiver> => {
  const memory = createRingMemory(queueLimitBytes);
  const ring = createRingReader(memory);
  const workerData: ReceiveThreadData = { ...where, memory };
  const thread = new Worker(new URL(`./receive-thread${extname(import.meta.url)}`, import.meta.url), { workerData, resourceLimits });
  const [listening, silent, ended] = [Promise.withResolvers<Listening>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isClosing = false;
  let cause = new Error('The thread that receives datagrams ended.');
  thread.on('message', (message: FromReceiver) => {
    if (message.kind === 'listening') listening.resolve(message);
    else if (message.kind === 'failed')
      listening.reject(Object.assign(new Error(message.message), { code: message.code, port: where.port }));
    else if (message.kind === 'silent') silent.resolve();
    else onWake();
  });
  thread.on('error', (error: unknown) => (cause = error instanceof Error ? error : new Error(String(error))));
  thread.on('exit', () => {
    listening.reject(cause);
    silent.resolve();
    ended.resolve();
    if (!isClosing) onLost(cause);
  });
  const say = (message: ToReceiver): void => thread.postMessage(message);
  const { port, family, bufferBytes } = await listening.promise.catch((error: unknown) => {
    isClosing = true;
    throw error;
  });
  const kernel = kernelDropsOf(port, family);
  let last: number | null = null;
  return {
    port,
    receiveBufferBytes: bufferBytes,
    next: () => ring.read() ?? (ring.mayRest() ? null : ring.read()),
    queueBytes: ring.usedBytes,
    queueLimitBytes: ring.limitBytes,
    received: ring.received,
    dropped: ring.dropped,
    kernelDropped: () => (isClosing ? last : kernel.read()),
    close: async () => {
      say({ kind: 'stop' });
      await silent.promise;
      last = kernel.read();
      isClosing = true;
      say({ kind: 'close' });
      await ended.promise;
    },
  };
};

type Listening = Extract<FromReceiver, { kind: 'listening' }>;
