// How a worker's connections are made: their names, their time-outs, their planner. Every connection of a worker goes through here.
import { Client, type ClientConfig, types } from 'pg';
import { int8, parseWholeNumber } from '../../contract/whole-number.ts';

export type ConnectionOptions = {
  readonly databaseUrl: string;
  /** application_name, as it stands in pg_stat_activity: `faultline-<process>-<instance>-<part>`. */
  readonly name: string;
  /** The lease: a transaction that idles for half of it is ended by the server, or a paused worker's row locks would outlive its lease. */
  readonly leaseMs: number;
  /** For tests. */
  readonly longestAnswerMs?: number;
};

/** Positions, ids and counts are below 2^53 by construction (see migrations, sequence event_ids); what a team's own processor keeps need not be. */
export const wholeNumbers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? parseWholeNumber : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
};

const longestStatementMs = 30_000;
const longestLockWaitMs = 10_000;
const connectMs = 5000;
/**
 * Counted by us, from when a statement is sent: a server that froze, or a path that swallows packets, times nothing out, and a lane whose lease is renewed over
 * another connection would stand still for as long as the system keeps the socket (15 minutes and more). Statements are sent in a row without waiting, so
 * that the last of a transaction waits for those before it: as long as four that each run to their limit, which none of ours comes near. Then the driver cuts
 * the connection, which rolls back, and the next statement has a new one. What may take longer says so itself.
 */
const longestAnswerMs = 4 * longestStatementMs;

/**
 * synchronous_commit is off: an effect and its checkpoint are lost together, if the server crashes, and are made again from the log, which was fsynced
 * before the 2xx. Leases turn it on for themselves. A plan is made once (the planner would cost more than the statement), so it must not be one
 * that was right for empty tables alone: sequential scans are off.
 */
const sessionSettings = (leaseMs: number): Readonly<Record<string, string | number>> => ({
  idle_in_transaction_session_timeout: Math.floor(leaseMs / 2),
  statement_timeout: longestStatementMs,
  lock_timeout: longestLockWaitMs,
  synchronous_commit: 'off',
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  jit: 'off',
});

/** PostgreSQL cuts application_name at 63 bytes; ours are ASCII. */
const longestName = 63;

export const connectionConfig = ({
  databaseUrl,
  name,
  leaseMs,
  longestAnswerMs: answerMs = longestAnswerMs,
}: ConnectionOptions): ClientConfig => {
  const url = new URL(databaseUrl);
  const own = url.searchParams.get('options') ?? '';
  const ours = Object.entries(sessionSettings(leaseMs)).map(([setting, value]) => `-c ${setting}=${value}`);
  url.searchParams.set('options', [own, ...ours].filter((option) => option !== '').join(' '));
  url.searchParams.set('application_name', name.slice(0, longestName));
  return { connectionString: url.href, connectionTimeoutMillis: connectMs, query_timeout: answerMs, keepAlive: true, types: wholeNumbers };
};

/**
 * A connection of its own, connected. `pipeline`: statements are sent without waiting for the answer to the one before.
 * The caller ends it; a connection that is lost later fails its queries and calls `lost` once.
 */
export const openConnection = async (options: ConnectionOptions, lost: (error: Error) => void): Promise<Client> => {
  const client = new Client({ ...connectionConfig(options), pipeline: true });
  // Without a listener a connection that the server closes would end the process.
  client.on('error', lost);
  await client.connect();
  await watchClient(client);
  return client;
};

/** With a time-out of our own: a server that took the connection and then froze times no statement out. */
const checkOnClient = { text: 'set client_connection_check_interval = 500', query_timeout: connectMs };

/** The server looks, while it waits for a lock, whether we are still there: a killed worker's transaction ends at once. Not on every platform. */
const watchClient = async (client: Client): Promise<void> => {
  await client.query(checkOnClient).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== '22023') throw error;
  });
};
