// Settings of the door for datagrams.
import type { Setting } from './setting.ts';

export const udpSettings = {
  udpPort: {
    name: 'FAULTLINE_UDP_PORT',
    kind: 'integer',
    fallback: null,
    minimum: 0,
    maximum: 65535,
    readers: ['ingest'],
    meaning: 'Port for events in datagrams; 0: any free one. Not set: there is no such door.',
  },
  udpQueueLimitBytes: {
    name: 'FAULTLINE_UDP_QUEUE_LIMIT_BYTES',
    kind: 'integer',
    fallback: '16777216',
    minimum: 65536,
    maximum: 1073741824,
    readers: ['ingest'],
    meaning: 'Bytes of datagrams that may wait in one ingest process; what comes past it is dropped, and counted as lost in the process.',
  },
  udpReceiveBufferBytes: {
    name: 'FAULTLINE_UDP_RECEIVE_BUFFER_BYTES',
    kind: 'integer',
    fallback: '4194304',
    minimum: 4096,
    maximum: 1073741824,
    readers: ['ingest'],
    meaning:
      'Asked of the kernel for the socket, which gives at most net.core.rmem_max; what does not fit is dropped, and counted as lost in the kernel.',
  },
  udpSendersLimit: {
    name: 'FAULTLINE_UDP_SENDERS_LIMIT',
    kind: 'integer',
    fallback: '10000',
    minimum: 1,
    maximum: 1000000,
    readers: ['ingest'],
    meaning:
      'Senders whose last numbers one ingest process keeps in memory, about 1 KiB each; of more, those that were silent for longest are forgotten.',
  },
} as const satisfies Record<string, Setting>;
