// After a restore: whoever still holds a lease, an epoch or a block of ids from before must not be able to use it.
import type { ClientBase } from 'pg';

/** More than any stream changes hands, or gives out, between a backup and its restore; and it fits thousands of times below 2^53. */
export const epochGap = 1_000_000_000;

const statements = [
  `update leases set owner = null, expires_at = null, epoch = epoch + ${epochGap}`,
  `update checkpoints set epoch = epoch + ${epochGap}, attempt_position = null, attempt_count = 0, takeovers_without_progress = 0`,
  `update consumer_lanes set owner = null, expires_at = null, epoch = epoch + ${epochGap}`,
  `update removed_consumers set epoch = epoch + ${epochGap}`,
  'delete from consumer_instances',
  'delete from workers',
  // Ids that were answered after the backup are not given to other events: the next block begins far behind them.
  `select setval('event_ids', nextval('event_ids') + ${epochGap})`,
];

/** Within the caller's transaction. */
export const fenceEpochs = async (client: ClientBase): Promise<void> => {
  for (const statement of statements) await client.query(statement);
};

const selectProcesses = `
  select application_name as name from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name ~ '^faultline-(ingest|worker|query)' order by 1`;

/** Processes of ours that use the database now. */
export const readProcesses = async (client: ClientBase): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(selectProcesses);
  return rows.map(({ name }) => name);
};
