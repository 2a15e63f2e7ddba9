// Every environment variable that the system reads, with its unit, default and bounds. Parsed once, at each process's edge (main/).
// A trade-off is named here; what is not safe does not start.

export type Setting = {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'url' | 'path';
  /** null: no default; the process says what to do when it needs it. */
  readonly fallback: string | null;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly readers: readonly ('ingest' | 'worker' | 'query' | 'start' | 'postgres')[];
  readonly meaning: string;
};

const all = ['ingest', 'worker', 'query'] as const;

export const settings = {
  databaseUrl: { name: 'DATABASE_URL', kind: 'url', fallback: null, readers: [...all, 'start'], meaning: 'PostgreSQL to use. `npm start` runs its own when this is not set.' },
  host: { name: 'FAULTLINE_HOST', kind: 'text', fallback: '127.0.0.1', readers: [...all, 'start'], meaning: 'Address to listen on. Only loopback until there are API keys: any other refuses to start.' },
  port: { name: 'FAULTLINE_PORT', kind: 'integer', fallback: '0', minimum: 0, maximum: 65535, readers: [...all], meaning: 'Port of this process (ingest: POST /events; query: GET; worker: health only). 0: any free port.' },
  reusePort: { name: 'FAULTLINE_REUSE_PORT', kind: 'boolean', fallback: 'false', readers: ['ingest'], meaning: 'Share the port with other ingest processes (SO_REUSEPORT).' },
  adminPort: { name: 'FAULTLINE_ADMIN_PORT', kind: 'integer', fallback: '0', minimum: 0, maximum: 65535, readers: ['ingest'], meaning: 'A port of this ingest process alone, for /health and /ready.' },
  bodyLimitBytes: { name: 'FAULTLINE_BODY_LIMIT_BYTES', kind: 'integer', fallback: '1048576', minimum: 1024, maximum: 67108864, readers: ['ingest'], meaning: 'Largest body of one event, and of one event in a batch.' },
  batchLimitBytes: { name: 'FAULTLINE_BATCH_LIMIT_BYTES', kind: 'integer', fallback: '8388608', minimum: 1024, maximum: 268435456, readers: ['ingest'], meaning: 'Largest body of a batch.' },
  batchLimitEvents: { name: 'FAULTLINE_BATCH_LIMIT_EVENTS', kind: 'integer', fallback: '1000', minimum: 1, maximum: 100000, readers: ['ingest'], meaning: 'Most events of a batch.' },
  queueLimitBytes: { name: 'FAULTLINE_QUEUE_LIMIT_BYTES', kind: 'integer', fallback: '16777216', minimum: 1024, maximum: 1073741824, readers: ['ingest'], meaning: 'Bytes that may wait for a commit in one ingest process; past it: 503 overloaded.' },
  flushEvents: { name: 'FAULTLINE_FLUSH_EVENTS', kind: 'integer', fallback: '500', minimum: 1, maximum: 10000, readers: ['ingest'], meaning: 'Most events in one group commit.' },
  flushBytes: { name: 'FAULTLINE_FLUSH_BYTES', kind: 'integer', fallback: '4194304', minimum: 1024, maximum: 268435456, readers: ['ingest'], meaning: 'Most bytes in one group commit.' },
  flushLingerMs: { name: 'FAULTLINE_FLUSH_LINGER_MS', kind: 'integer', fallback: '0', minimum: 0, maximum: 1000, readers: ['ingest'], meaning: 'How long an idle flusher waits for company before it commits. 0: what came while the last commit ran goes with the next.' },
  flushers: { name: 'FAULTLINE_FLUSHERS', kind: 'integer', fallback: '2', minimum: 1, maximum: 16, readers: ['ingest'], meaning: 'Connections that commit side by side in one ingest process, each with a lane group of its own.' },
  commitTimeoutMs: { name: 'FAULTLINE_COMMIT_TIMEOUT_MS', kind: 'integer', fallback: '10000', minimum: 100, maximum: 120000, readers: ['ingest'], meaning: 'How long a commit, with its retries, may take before the answer is 503 commit_unknown.' },
  lanes: { name: 'FAULTLINE_LANES', kind: 'integer', fallback: '8', minimum: 1, maximum: 256, readers: ['ingest', 'worker'], meaning: 'Lanes of a new stream; fixed once the stream exists.' },
  dedupeWindowHours: { name: 'FAULTLINE_DEDUPE_WINDOW_HOURS', kind: 'number', fallback: '24', minimum: 0.01, maximum: 8760, readers: ['worker'], meaning: 'How long an identity is remembered, from receipt.' },
  dedupeRowBound: { name: 'FAULTLINE_DEDUPE_ROW_BOUND', kind: 'integer', fallback: '50000000', minimum: 1000, maximum: 10000000000, readers: ['worker'], meaning: 'Rows in the dedupe window past which it alarms (log at error level); never silence, never early forgetting.' },
  leaseMs: { name: 'FAULTLINE_LEASE_MS', kind: 'integer', fallback: '3000', minimum: 500, maximum: 600000, readers: ['worker'], meaning: 'How long a lane belongs to a worker without renewal. idle_in_transaction_session_timeout is set to half of it.' },
  handlerDeadlineMs: { name: 'FAULTLINE_HANDLER_DEADLINE_MS', kind: 'integer', fallback: '250', minimum: 10, maximum: 600000, readers: ['worker'], meaning: 'How long user code may take for one event before its thread is ended.' },
  handlerAttempts: { name: 'FAULTLINE_HANDLER_ATTEMPTS', kind: 'integer', fallback: '3', minimum: 1, maximum: 100, readers: ['worker'], meaning: 'Attempts, the first included, before a failing event is a dead letter.' },
  handlerRetryMs: { name: 'FAULTLINE_HANDLER_RETRY_MS', kind: 'integer', fallback: '200', minimum: 1, maximum: 3600000, readers: ['worker'], meaning: 'Wait before the second attempt; doubled for each one after.' },
  timelineHandler: { name: 'FAULTLINE_TIMELINE_HANDLER', kind: 'path', fallback: null, readers: ['worker'], meaning: 'Module with the user code of processor timelines (exports `handle`). Not set: the built-in one.' },
  workerThreads: { name: 'FAULTLINE_WORKER_THREADS', kind: 'integer', fallback: '2', minimum: 1, maximum: 64, readers: ['worker'], meaning: 'Handler threads of one worker process.' },
  workerBatchEvents: { name: 'FAULTLINE_WORKER_BATCH_EVENTS', kind: 'integer', fallback: '500', minimum: 1, maximum: 10000, readers: ['worker'], meaning: 'Most events in one processor transaction.' },
  workerMaxRate: { name: 'FAULTLINE_WORKER_MAX_EVENTS_PER_SECOND', kind: 'number', fallback: '0', minimum: 0, maximum: 10000000, readers: ['worker'], meaning: 'Throttle of each processor in one worker process, to protect storage. 0: none.' },
  pendingLimitEvents: { name: 'FAULTLINE_PENDING_LIMIT_EVENTS', kind: 'integer', fallback: '100000', minimum: 1, maximum: 100000000, readers: ['worker'], meaning: 'Early events that one lane may hold.' },
  pendingLimitSeconds: { name: 'FAULTLINE_PENDING_LIMIT_SECONDS', kind: 'number', fallback: '3600', minimum: 1, maximum: 31536000, readers: ['worker'], meaning: 'Age past which an early event is over its bound.' },
  pendingPolicy: { name: 'FAULTLINE_PENDING_POLICY', kind: 'text', fallback: 'wait', readers: ['worker'], meaning: 'What happens past a bound of early events: wait (alarm, and the lane waits once the number is reached), skip (the gap is skipped with a record), stop (the lane stops, loudly).' },
  parkLimitEvents: { name: 'FAULTLINE_PARK_LIMIT_EVENTS', kind: 'integer', fallback: '100000', minimum: 1, maximum: 100000000, readers: ['worker'], meaning: 'Events that one lane may hold parked; past it the lane stops, loudly.' },
  migrate: { name: 'FAULTLINE_MIGRATE', kind: 'boolean', fallback: 'true', readers: [...all], meaning: 'Apply missing migrations at start (under an advisory lock). false: refuse to start when one is missing.' },
  traceSampleRate: { name: 'FAULTLINE_TRACES_PER_SECOND', kind: 'integer', fallback: '100', minimum: 0, maximum: 100000, readers: [...all], meaning: 'Root spans sampled a second, at most. A request that comes with a sampled traceparent is always traced.' },
} as const satisfies Record<string, Setting>;
