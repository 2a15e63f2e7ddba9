// Settings of the PostgreSQL that `npm start` runs.
import type { Setting } from './setting.ts';

export const postgresSettings = {
  postgresData: {
    name: 'FAULTLINE_POSTGRES_DATA',
    kind: 'path',
    fallback: null,
    readers: ['postgres'],
    meaning: 'Folder of the PostgreSQL that npm brought; made when it is not there.',
  },
  postgresPort: {
    name: 'FAULTLINE_POSTGRES_PORT',
    kind: 'integer',
    fallback: '0',
    minimum: 0,
    maximum: 65535,
    readers: ['postgres'],
    meaning: 'Its port on 127.0.0.1. 0: any free port.',
  },
  postgresSettings: {
    name: 'FAULTLINE_POSTGRES_SETTINGS',
    kind: 'text',
    fallback: '',
    readers: ['postgres'],
    meaning:
      'PostgreSQL settings over the built-in ones: name=value;name=value. Without max_connections among them, `npm start` has room for all its processes.',
  },
} as const satisfies Record<string, Setting>;
