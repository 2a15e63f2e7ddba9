// Settings of the consumer API and of exports.
import type { Setting } from './setting.ts';

export const consumerSettings = {
  consumerReaders: {
    name: 'FAULTLINE_CONSUMER_READERS',
    kind: 'integer',
    fallback: '200',
    minimum: 1,
    maximum: 10000,
    readers: ['query'],
    meaning: 'Readers of the consumer API, waiting or streaming, that one query process takes; another is 503.',
  },
  consumerBufferBytes: {
    name: 'FAULTLINE_CONSUMER_BUFFER_BYTES',
    kind: 'integer',
    fallback: '262144',
    minimum: 16384,
    maximum: 67108864,
    readers: ['query'],
    meaning: 'Bytes that may wait for the reader of one stream or export (one event more may); past it nothing more is read for it.',
  },
  consumerSlowMs: {
    name: 'FAULTLINE_CONSUMER_SLOW_MS',
    kind: 'integer',
    fallback: '30000',
    minimum: 100,
    maximum: 600000,
    readers: ['query'],
    meaning:
      'How long the reader of a stream or export may take nothing of a full buffer before it is closed, with the reason slow_reader.',
  },
  exportLimitSeconds: {
    name: 'FAULTLINE_EXPORT_LIMIT_SECONDS',
    kind: 'integer',
    fallback: '600',
    minimum: 1,
    maximum: 86400,
    readers: ['query'],
    meaning: 'How long one export may take. Most hold a snapshot, which keeps dead rows from being cleaned up (all but that of events).',
  },
} as const satisfies Record<string, Setting>;
