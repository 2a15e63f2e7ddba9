// What every process counts of itself.
import { signal, type Signal } from './signal.ts';

export const processSignals = {
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
    'Connections of the pool, idle and used. Of a worker: its places for connections, each of which connects when it is first used and again after a loss, so that their sum never changes.',
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
} as const satisfies Record<string, Signal>;
