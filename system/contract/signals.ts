// The one signal catalogue: every metric that the system exports, with what it means and how Prometheus names it.
// Code, budgets, dashboards and alerts are checked against it; nothing exports a metric that is not here.

export type SignalKind = 'counter' | 'gauge' | 'histogram';

/** accounted: read from the books, exact, exported by the one elected worker. observed: counted in a process; a kill may lose one export interval. */
export type SignalSource = 'accounted' | 'observed';

export type Signal = {
  readonly name: string;
  /** UCUM, as OpenTelemetry wants it. */
  readonly unit: string;
  readonly kind: SignalKind;
  readonly source: SignalSource;
  readonly meaning: string;
  readonly attributes: readonly string[];
  /** The name after Prometheus' translation of OTLP (a histogram's base name, without _bucket, _sum, _count). */
  readonly promName: string;
};

/** The literal types are kept, so that code can ask for a counter with exactly these attributes. */
const signal = <
  const Name extends string,
  const Kind extends SignalKind,
  const Source extends SignalSource,
  const PromName extends string,
  const Attributes extends readonly string[],
>(
  name: Name,
  unit: string,
  kind: Kind,
  source: Source,
  promName: PromName,
  attributes: Attributes,
  meaning: string,
) => ({ name, unit, kind, source, meaning, attributes, promName }) as const;

export const signals = {
  // ── Ingest ──
  httpServerDuration: signal(
    'http.server.request.duration',
    's',
    'histogram',
    'observed',
    'http_server_request_duration_seconds',
    ['http.request.method', 'http.route', 'http.response.status_code'],
    'Time from the request line to the end of the answer, per route and status.',
  ),
  sentMessages: signal(
    'messaging.client.sent.messages',
    '{message}',
    'counter',
    'observed',
    'messaging_client_sent_messages_total',
    ['messaging.operation.name'],
    'Events that an ingest process committed to the stream.',
  ),
  ingestRefused: signal(
    'faultline.ingest.refused',
    '{event}',
    'counter',
    'observed',
    'faultline_ingest_refused_total',
    ['error.code'],
    'Events refused at admission, by stable error code.',
  ),
  ingestQueueSize: signal(
    'faultline.ingest.queue.size',
    'By',
    'gauge',
    'observed',
    'faultline_ingest_queue_size_bytes',
    [],
    'Bytes that wait for a commit in this ingest process.',
  ),
  ingestQueueLimit: signal(
    'faultline.ingest.queue.limit',
    'By',
    'gauge',
    'observed',
    'faultline_ingest_queue_limit_bytes',
    [],
    'Bytes past which this ingest process refuses.',
  ),
  ingestFlushDuration: signal(
    'faultline.ingest.flush.duration',
    's',
    'histogram',
    'observed',
    'faultline_ingest_flush_duration_seconds',
    [],
    'One group commit, statement and fsync.',
  ),
  ingestFlushEvents: signal(
    'faultline.ingest.flush.events',
    '{event}',
    'histogram',
    'observed',
    'faultline_ingest_flush_events',
    [],
    'Events in one group commit.',
  ),

  // ── Workers ──
  consumedMessages: signal(
    'messaging.client.consumed.messages',
    '{message}',
    'counter',
    'observed',
    'messaging_client_consumed_messages_total',
    ['faultline.processor'],
    'Events delivered to a processor (redeliveries included).',
  ),
  processDuration: signal(
    'messaging.process.duration',
    's',
    'histogram',
    'observed',
    'messaging_process_duration_seconds',
    ['faultline.processor', 'error.type'],
    'One batch of a processor, from delivery to commit.',
  ),
  freshness: signal(
    'faultline.event.freshness',
    's',
    'histogram',
    'observed',
    'faultline_event_freshness_seconds',
    ['faultline.processor'],
    'From receipt at ingest to visible to a query, per event and processor.',
  ),
  processingFailures: signal(
    'faultline.processing.failures',
    '{failure}',
    'counter',
    'observed',
    'faultline_processing_failures_total',
    ['faultline.processor', 'error.type'],
    'Failed attempts: poison by its reason, infrastructure by the class of its SQLSTATE.',
  ),
  takeovers: signal(
    'faultline.lease.takeovers',
    '{lease}',
    'counter',
    'observed',
    'faultline_lease_takeovers_total',
    ['faultline.processor'],
    'Lanes taken from an owner whose lease ran out.',
  ),
  fencedWrites: signal(
    'faultline.fenced.writes',
    '{write}',
    'counter',
    'observed',
    'faultline_fenced_writes_total',
    ['faultline.processor'],
    "Writes refused because their epoch was no longer the lane's.",
  ),
  handlerKills: signal(
    'faultline.handler.kills',
    '{thread}',
    'counter',
    'observed',
    'faultline_handler_kills_total',
    ['faultline.processor'],
    'Handler threads ended past their deadline.',
  ),

  // ── Every process ──
  eventLoopUtilization: signal(
    'nodejs.eventloop.utilization',
    '1',
    'gauge',
    'observed',
    'nodejs_eventloop_utilization_ratio',
    [],
    'Share of time that the event loop was busy since the last export.',
  ),
  dbPoolPending: signal(
    'db.client.connection.pending_requests',
    '{request}',
    'gauge',
    'observed',
    'db_client_connection_pending_requests',
    ['db.client.connection.pool.name'],
    'Requests that wait for a connection of the pool.',
  ),
  dbPoolCount: signal(
    'db.client.connection.count',
    '{connection}',
    'gauge',
    'observed',
    'db_client_connection_count',
    ['db.client.connection.pool.name', 'db.client.connection.state'],
    'Connections of the pool, idle and used.',
  ),
  dbOperationDuration: signal(
    'db.client.operation.duration',
    's',
    'histogram',
    'observed',
    'db_client_operation_duration_seconds',
    ['db.operation.name', 'error.type'],
    'Database operations by name.',
  ),
  processMemory: signal(
    'process.memory.usage',
    'By',
    'gauge',
    'observed',
    'process_memory_usage_bytes',
    [],
    'Resident memory of the process.',
  ),

  telemetryExportFailures: signal(
    'faultline.telemetry.export.failures',
    '{export}',
    'counter',
    'observed',
    'faultline_telemetry_export_failures_total',
    ['faultline.telemetry.signal'],
    'Exports over OTLP that failed, by signal: metrics, traces, logs. What they carried is lost, but for metrics, which are cumulative.',
  ),

  // ── The books: exported by the one elected worker, without an instance label ──
  logAppended: signal(
    'faultline.log.appended',
    '{event}',
    'counter',
    'accounted',
    'faultline_log_appended_total',
    ['faultline.lane'],
    "Events in the stream: the lane's head.",
  ),
  logDuplicates: signal(
    'faultline.log.duplicates',
    '{event}',
    'counter',
    'accounted',
    'faultline_log_duplicates_total',
    ['faultline.lane'],
    'Deliveries answered from the dedupe window.',
  ),
  logConflicts: signal(
    'faultline.log.conflicts',
    '{event}',
    'counter',
    'accounted',
    'faultline_log_conflicts_total',
    ['faultline.lane'],
    'Deliveries refused for another body under a known identity.',
  ),
  accountingEvents: signal(
    'faultline.accounting.events',
    '{event}',
    'gauge',
    'accounted',
    'faultline_accounting_events',
    ['faultline.processor', 'faultline.processor.version', 'faultline.lane', 'faultline.outcome'],
    'The terms of the books: applied, ignored, parked, pending, discarded, skipped, shed.',
  ),
  checkpointPosition: signal(
    'faultline.checkpoint.position',
    '{event}',
    'gauge',
    'accounted',
    'faultline_checkpoint_position',
    ['faultline.processor', 'faultline.processor.version', 'faultline.lane'],
    "The processor's checkpoint on the lane.",
  ),
  drop: signal(
    'faultline.accounting.drop',
    '{event}',
    'gauge',
    'accounted',
    'faultline_accounting_drop',
    ['faultline.processor', 'faultline.processor.version', 'faultline.lane'],
    'Checkpoint minus all terms of the books: events that vanished. Must be 0.',
  ),
  effectSurplus: signal(
    'faultline.effects.surplus',
    '{event}',
    'gauge',
    'accounted',
    'faultline_effects_surplus',
    ['faultline.processor', 'faultline.processor.version', 'faultline.lane'],
    'Effects in the read model minus events applied: more than 0 is a doubled effect, less a lost one. Must be 0.',
  ),
  lag: signal(
    'messaging.consumer.lag',
    '{message}',
    'gauge',
    'accounted',
    'messaging_consumer_lag',
    ['faultline.processor', 'faultline.processor.version', 'faultline.lane'],
    'Events appended and not yet passed by the checkpoint.',
  ),
  lagDuration: signal(
    'messaging.consumer.lag.duration',
    's',
    'gauge',
    'accounted',
    'messaging_consumer_lag_duration_seconds',
    ['faultline.processor', 'faultline.processor.version'],
    'Age of the oldest event not yet passed by a checkpoint; 0 with none.',
  ),
  deadLetters: signal(
    'faultline.dead_letters',
    '{event}',
    'gauge',
    'accounted',
    'faultline_dead_letters',
    ['faultline.processor', 'faultline.reason'],
    'Dead letters now, by reason.',
  ),
  deadLettersOldestAge: signal(
    'faultline.dead_letters.oldest_age',
    's',
    'gauge',
    'accounted',
    'faultline_dead_letters_oldest_age_seconds',
    ['faultline.processor'],
    'Age of the oldest dead letter; 0 with none.',
  ),
  parkedKeys: signal(
    'faultline.parked_keys',
    '{key}',
    'gauge',
    'accounted',
    'faultline_parked_keys',
    ['faultline.processor', 'faultline.state'],
    'Keys that are parked or retrying.',
  ),
  pendingOldestAge: signal(
    'faultline.pending.oldest_age',
    's',
    'gauge',
    'accounted',
    'faultline_pending_oldest_age_seconds',
    ['faultline.processor'],
    'Age of the oldest early event that waits for its predecessor; 0 with none.',
  ),
  recoveryEvents: signal(
    'faultline.recovery.events',
    '{event}',
    'gauge',
    'accounted',
    'faultline_recovery_events',
    ['faultline.processor', 'faultline.recovery.outcome'],
    'What operators did about dead letters, in all: events replayed, events discarded, and replays that failed again.',
  ),
  identitiesRows: signal(
    'faultline.identities.rows',
    '{row}',
    'gauge',
    'accounted',
    'faultline_identities_rows',
    [],
    'Estimated rows in the dedupe window.',
  ),
  oldestSnapshotAge: signal(
    'faultline.database.oldest_snapshot_age',
    's',
    'gauge',
    'accounted',
    'faultline_database_oldest_snapshot_age_seconds',
    [],
    'Age of the oldest snapshot on the database: a long one bloats the counter rows.',
  ),
  accountingAge: signal(
    'faultline.accounting.age',
    's',
    'gauge',
    'accounted',
    'faultline_accounting_age_seconds',
    [],
    'Seconds since the exporter last read the books: absence is seen.',
  ),
} as const satisfies Record<string, Signal>;

export type SignalKey = keyof typeof signals;

/** A signal of the catalogue: never one made elsewhere. */
export type CataloguedSignal = (typeof signals)[SignalKey];

/** Histogram buckets in seconds, fine enough for a p99 around the budgets (5 ms to 60 s). */
export const durationBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5,
  10, 15, 30, 60,
] as const;

/** Histogram buckets for things that are counted, such as events in a commit. */
export const countBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] as const;
