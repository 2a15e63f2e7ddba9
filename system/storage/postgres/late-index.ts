// Indexes of tables that may be large already, made beside live traffic. A migration would make them in its transaction, and every writer would wait behind it.
import type { Client, Pool } from 'pg';

/** The connections that make one, by their application_name (main/connections.ts, event-identities.ts). */
export const indexSessions = 'faultline-%-index';

export type LateIndex = {
  readonly name: string;
  /** CREATE INDEX CONCURRENTLY, of that name. */
  readonly create: string;
  /** The second number of its advisory lock. */
  readonly lock: number;
};

/** `broken`: it is being made, or whoever made it died. No read uses it, each write has its cost. */
export const stateOf = async (database: Pick<Pool, 'query'>, { name }: LateIndex): Promise<'none' | 'broken' | 'valid'> => {
  const text = 'select i.indisvalid as valid from pg_index i where i.indexrelid = to_regclass($1)';
  const { rows } = await database.query<{ valid: boolean }>({ text, values: [name] });
  if (rows[0] === undefined) return 'none';
  return rows[0].valid ? 'valid' : 'broken';
};

/** Ten million rows take a minute. Past this the server is taken for gone, and whoever needs the index next looks again. */
export const longestMakingMs = 6 * 3600 * 1000;

/** 1717660005 is 'faul'. Of the session that makes it: where that dies the lock goes with it, and what it left is made anew. */
const lock = 'select pg_try_advisory_lock(1717660005, $1) as mine';

/** Does nothing where another session makes it. The caller ends the connection, and the lock with it. */
export const makeIndex = async (client: Client, index: LateIndex): Promise<void> => {
  const { rows } = await client.query<{ mine: boolean }>(lock, [index.lock]);
  if (rows[0]?.mine !== true) return;
  const state = await stateOf(client, index);
  const patiently = (text: string) => client.query({ text, query_timeout: longestMakingMs } as { text: string });
  // Left over by a session that died while it made it.
  if (state === 'broken') await patiently(`drop index concurrently ${index.name}`);
  if (state !== 'valid') await patiently(index.create);
};
