// The index by which GET /counts reads a page, oldest minute first. The primary key of the counts has the lane second and the minute last, for those who write:
// by that alone each page reads all counts of the version. Of `count` it has nothing, so that a count that grows leaves the index as it is.
import { type LateIndex, makeIndex, stateOf } from './late-index.ts';
import { asQueryable, cutOnAbort, type Session } from './session.ts';
import type { SessionPool } from './session-pool.ts';

export const countsIndex: LateIndex = {
  name: 'minute_counts_minute',
  create: `create index concurrently minute_counts_minute on minute_counts (version, tenant, minute, system_name, event_name)`,
  lock: 11,
};

/**
 * However long it takes, and however long it has to wait for a transaction that somebody left open. The server does not look whether we are still there: what a
 * worker began that then stops is made to the end, and not once again by the next one.
 */
const bePatient = `set statement_timeout = 0; set lock_timeout = 0; set client_connection_check_interval = 0`;

/** Makes it where it is missing or broken, over `maker`, which is closed again. `signal`: it is not waited for any longer. */
export const createCountsIndex =
  (sessions: SessionPool, maker: Session) =>
  async (signal: AbortSignal): Promise<void> => {
    if ((await sessions.use((session) => stateOf(asQueryable(session), countsIndex))) === 'valid') return;
    signal.throwIfAborted();
    try {
      const client = await maker.client();
      using _cut = cutOnAbort(client, signal);
      await client.query(bePatient);
      await makeIndex(client, countsIndex);
    } finally {
      await maker[Symbol.asyncDispose]();
    }
  };
