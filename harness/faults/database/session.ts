// Sessions of the harness's own on the target's database, as faults and their looks need them: each one's own, never from the pool.
import pg from 'pg';
import { harnessApplicationName } from '../../targets/database.ts';

export type OwnSession = AsyncDisposable & { readonly client: pg.Client };

const connectWithinMs = 2000;

/** Rejects as the server does. One that is cut off later says so to whoever asks it next. */
export const openSession = async (url: string): Promise<OwnSession> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: harnessApplicationName,
    connectionTimeoutMillis: connectWithinMs,
  });
  client.on('error', () => undefined);
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end().catch(() => undefined) };
};

/** The SQLSTATE or the system's code with which a new session's statement failed; null: it did not. */
export const tryFresh = async (url: string, sql: string): Promise<string | null> => {
  try {
    await using session = await openSession(url);
    await session.client.query(sql);
    return null;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return typeof code === 'string' ? code : String(message);
  }
};
