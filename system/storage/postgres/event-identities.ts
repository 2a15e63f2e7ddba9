// The index by which an import finds an identity among all events that there are, whatever the window. The first import makes it, beside live traffic: whoever
// never imports does not pay for it (docs/decisions/0025-imports-by-slices.md has what it costs).
import { Client, type Pool } from 'pg';
import { type LateIndex, longestMakingMs, makeIndex, stateOf } from './late-index.ts';

const identities: LateIndex = {
  name: 'events_identity',
  // Eight bytes of hash an entry in place of the key itself, which may have 256 characters.
  create: `create index concurrently events_identity on events (hashtextextended(idempotency_key, 0)) where idempotency_key is not null`,
  lock: 9,
};

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
      isReady = (await stateOf(pool, identities)) === 'valid';
      if (!isReady)
        making ??= make(databaseUrl)
          .catch(onFailure)
          .finally(() => (making = null));
      return isReady;
    },
  };
};

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
    await makeIndex(client, identities);
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
