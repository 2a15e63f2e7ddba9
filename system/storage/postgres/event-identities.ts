// The index by which an import finds an identity among all events that there are, whatever the window. The first import makes it, beside live traffic: whoever
// never imports does not pay for it (docs/decisions/0025-imports-by-slices.md has what it costs).
import { Client, type Pool } from 'pg';

const index = 'events_identity';

/** Eight bytes of hash an entry in place of the key itself, which may have 256 characters. */
const create = `create index concurrently ${index} on events (hashtextextended(idempotency_key, 0)) where idempotency_key is not null`;

const selectIndex = `select i.indisvalid as valid from pg_index i where i.indexrelid = to_regclass('${index}')`;

/** 1717660005 is 'faul'. Of the session that makes it: where that dies the lock goes with it, and what it left is made anew. */
const lock = 'select pg_try_advisory_lock(1717660005, 9) as mine';

export type EventIdentities = {
  /** False: it is being made, here or by another process. Rejects with the database's error. */
  ready(): Promise<boolean>;
};

export const createEventIdentities = (pool: Pool, databaseUrl: string, onFailure: (error: unknown) => void): EventIdentities => {
  let isReady = false;
  let making: Promise<void> | null = null;
  return {
    ready: async () => {
      if (isReady) return true;
      isReady = (await stateOf(pool)) === 'valid';
      if (!isReady)
        making ??= make(databaseUrl)
          .catch(onFailure)
          .finally(() => (making = null));
      return isReady;
    },
  };
};

const stateOf = async (database: Pick<Pool, 'query'>): Promise<'none' | 'broken' | 'valid'> => {
  const { rows } = await database.query<{ valid: boolean }>(selectIndex);
  if (rows[0] === undefined) return 'none';
  return rows[0].valid ? 'valid' : 'broken';
};

/** Ten million events take a minute. Past this the server is taken for gone, and the next import looks again. */
const longestMakingMs = 6 * 3600 * 1000;

const make = async (databaseUrl: string): Promise<void> => {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'faultline-import-index',
    keepAlive: true,
    query_timeout: longestMakingMs,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ mine: boolean }>(lock);
    if (rows[0]?.mine !== true) return;
    const state = await stateOf(client);
    // Left over by a process that died while it made it.
    if (state === 'broken') await client.query(`drop index concurrently ${index}`);
    if (state !== 'valid') await client.query(create);
  } finally {
    await client.end();
  }
};

/** For each key of $1 (system_name) and $2 (idempotency_key) of tenant $3 that some event has: its place among them, the event, and its body. */
export const selectKnown = `
  select k.n::integer as n, e.id::double precision as id, e.body
  from unnest($1::text[], $2::text[]) with ordinality as k (system_name, idempotency_key, n)
  cross join lateral (
    select id, body from events
    where hashtextextended(idempotency_key, 0) = hashtextextended(k.idempotency_key, 0)
      and idempotency_key = k.idempotency_key and tenant = $3 and system_name = k.system_name
    order by id limit 1
  ) e`;
