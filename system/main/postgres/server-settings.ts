// The server's settings, for a laptop of two cores that runs the whole system. FAULTLINE_POSTGRES_SETTINGS adds to them.
import { SystemError } from '../../contract/system-error.ts';

export type ServerSettings = Readonly<Record<string, string>>;

export const defaultServerSettings: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  // Durable before 2xx: an answer waits for the disk.
  fsync: 'on',
  synchronous_commit: 'on',
  // One server without replicas: the smallest log of changes.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_wal_size: '1GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '10min',
  // Short statements in great number: compiling them costs more than it saves.
  jit: 'off',
  // A killed client's backend is seen, and its locks freed, within a second, also while it waits for a lock.
  client_connection_check_interval: '1s',
  // Counter rows are updated thousands of times a second: look often, and clean at full speed.
  autovacuum_naptime: '5s',
  autovacuum_max_workers: '2',
  autovacuum_vacuum_cost_delay: '0',
  maintenance_work_mem: '64MB',
  // Reads are short and mostly cached: no helper processes for them.
  io_method: 'sync',
  log_destination: 'stderr',
  log_line_prefix: 'pg|%p|%a|',
  // Statements and key values are users' data and stay out of the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** `name=value;name=value` -> settings. */
export const parseServerSettings = (text: string): ServerSettings =>
  Object.fromEntries(
    text
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => {
        const match = /^([a-z_][a-z0-9_.]*)\s*=\s*(.*)$/i.exec(part);
        if (match) return [match[1], match[2]];
        throw new SystemError(
          'FL_SETTINGS_INVALID',
          `FAULTLINE_POSTGRES_SETTINGS holds "${part}", which is not name=value. Write settings as name=value;name=value.`,
        );
      }),
  );

export const serverParameters = (cluster: string, port: number, settings: ServerSettings): string[] => [
  '-D',
  cluster,
  ...Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
];
