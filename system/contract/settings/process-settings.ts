// Settings of every process: its database, its ports, its life.
import { allProcesses, type Setting } from './setting.ts';

export const processSettings = {
  databaseUrl: {
    name: 'DATABASE_URL',
    kind: 'url',
    fallback: null,
    readers: [...allProcesses, 'start', 'ops'],
    meaning: 'PostgreSQL to use. `npm start` runs its own when this is not set.',
  },
  host: {
    name: 'FAULTLINE_HOST',
    kind: 'text',
    fallback: '127.0.0.1',
    readers: [...allProcesses, 'start'],
    meaning: 'Address to listen on. Any other than loopback needs FAULTLINE_API_KEYS=required.',
  },
  port: {
    name: 'FAULTLINE_PORT',
    kind: 'integer',
    fallback: '0',
    minimum: 0,
    maximum: 65535,
    readers: [...allProcesses],
    meaning: 'Port of this process (ingest: POST /events; query: GET; worker: health only). 0: any free port.',
  },
  reusePort: {
    name: 'FAULTLINE_REUSE_PORT',
    kind: 'boolean',
    fallback: 'false',
    readers: ['ingest'],
    meaning: 'Share the port with other ingest processes (SO_REUSEPORT).',
  },
  adminPort: {
    name: 'FAULTLINE_ADMIN_PORT',
    kind: 'integer',
    fallback: '0',
    minimum: 0,
    maximum: 65535,
    readers: ['ingest'],
    meaning: 'A port of this ingest process alone, for /health and /ready.',
  },
  tlsCertificate: {
    name: 'FAULTLINE_TLS_CERT',
    kind: 'path',
    fallback: null,
    readers: ['ingest', 'query', 'start'],
    meaning:
      'PEM file with the certificate, and those between it and its root. With FAULTLINE_TLS_KEY: every port of ingest and query speaks HTTPS alone.',
  },
  tlsKey: {
    name: 'FAULTLINE_TLS_KEY',
    kind: 'path',
    fallback: null,
    readers: ['ingest', 'query', 'start'],
    meaning: 'PEM file with the key of that certificate, without a passphrase. Both are read once, at the start.',
  },
  migrate: {
    name: 'FAULTLINE_MIGRATE',
    kind: 'boolean',
    fallback: 'true',
    readers: [...allProcesses],
    meaning: 'Apply missing migrations at start (under an advisory lock). false: refuse to start when one is missing.',
  },
  exitWithParent: {
    name: 'FAULTLINE_EXIT_WITH_PARENT',
    kind: 'boolean',
    fallback: 'false',
    readers: [...allProcesses, 'postgres'],
    meaning: 'End, as on SIGTERM, when stdin is closed: a process that starts this one with a pipe on stdin is never outlived by it.',
  },
  traceSampleRate: {
    name: 'FAULTLINE_TRACES_PER_SECOND',
    kind: 'integer',
    fallback: '100',
    minimum: 0,
    maximum: 100000,
    readers: [...allProcesses],
    meaning: 'Root spans sampled a second, at most. A request that comes with a sampled traceparent is always traced.',
  },
} as const satisfies Record<string, Setting>;
