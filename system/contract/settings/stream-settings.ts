// Settings of the log.
import { allProcesses, type Setting } from './setting.ts';

export const streamSettings = {
  lanes: {
    name: 'FAULTLINE_LANES',
    kind: 'integer',
    fallback: '8',
    minimum: 1,
    maximum: 256,
    readers: [...allProcesses],
    meaning: 'Lanes of a new stream; fixed once the stream exists.',
  },
  retentionDays: {
    name: 'FAULTLINE_RETENTION_DAYS',
    kind: 'integer',
    fallback: '0',
    minimum: 0,
    maximum: 36500,
    readers: ['worker'],
    meaning:
      'Whole UTC days of the log that are kept beside today; what is older is dropped by the day, never past a processor. 0: nothing is dropped.',
  },
  retentionConsumers: {
    name: 'FAULTLINE_RETENTION_CONSUMERS',
    kind: 'text',
    fallback: 'wait',
    choices: ['wait', 'drop'],
    readers: ['worker'],
    meaning:
      'What retention does about consumers over HTTP that have not read a day: wait (it stays, and alarms), drop (it goes, on record; they are told 410).',
  },
  dedupeWindowHours: {
    name: 'FAULTLINE_DEDUPE_WINDOW_HOURS',
    kind: 'number',
    fallback: '24',
    minimum: 0.01,
    maximum: 8760,
    readers: ['worker'],
    meaning: 'How long an identity is remembered, from receipt; it is forgotten within some ten minutes after.',
  },
  dedupeRowBound: {
    name: 'FAULTLINE_DEDUPE_ROW_BOUND',
    kind: 'integer',
    fallback: '50000000',
    minimum: 1000,
    maximum: 10000000000,
    readers: ['worker'],
    meaning: 'Rows in the dedupe window past which it alarms (log at error level); never silence, never early forgetting.',
  },
} as const satisfies Record<string, Setting>;
