// A connection that comes back: connected when it is first asked for, and again after it was lost. One user at a time.
import type { Client, Pool, QueryResult, QueryResultRow } from 'pg';
import { openConnection, type ConnectionOptions } from './connection.ts';

export type Statement = { readonly name?: string; readonly text: string; readonly values?: readonly unknown[] };

export type Session = AsyncDisposable & {
  /** The connection as it is now. Statements are sent at once, in order, without waiting for the answers to those before. */
  client(): Promise<Client>;
  query<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>>;
};

export const createSession = (options: ConnectionOptions): Session => {
  let opening: Promise<Client> | null = null;
  const open = () => {
    const mine = openConnection(options, () => forget());
    const forget = () => {
      if (opening === mine) opening = null;
    };
    mine.then((client) => client.once('end', forget), forget);
    return mine;
  };
  const client = () => (opening ??= open());
  return {
    client,
    query: async <Row extends QueryResultRow>(statement: Statement) => (await client()).query<Row>(statement as { text: string }),
    [Symbol.asyncDispose]: async () => {
      const last = opening;
      opening = null;
      // What is on its way is given up: who disposes has waited for what it wants to keep.
      await last?.then(endWithin).catch(() => {});
    },
  };
};

const longestEndMs = 200;

/** A server that does not answer does not keep us: its connection is cut. */
const endWithin = async (client: Client): Promise<void> => {
  const cut = setTimeout(() => cutOff(client), longestEndMs);
  await client.end().finally(() => clearTimeout(cut));
};

/** Ends the connection at once, whatever it waits for: its statement fails here, and the server, which looks whether we are still there, rolls back. */
export const cutOff = (client: Client): void => streamOf(client).destroy();

/** Cuts it off once `signal` says so, until it is disposed. */
export const cutOnAbort = (client: Client, signal: AbortSignal): Disposable => {
  const cut = () => cutOff(client);
  if (signal.aborted) cut();
  signal.addEventListener('abort', cut);
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', cut) };
};

const streamOf = (client: Client) =>
  (client.connection as unknown as { readonly stream: { cork(): void; uncork(): void; destroy(): void } }).stream;

/** What `send` sends goes out in one write: a system call less for each statement. */
export const together = <Result>(client: Client, send: () => Promise<Result>): Promise<Result> => {
  const stream = streamOf(client);
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
};

/** As the driver's own overloads, for those that take a connection or a pool and use no more than `query` with a statement. */
export const asQueryable = (session: Session): Pick<Pool, 'query'> => session as unknown as Pick<Pool, 'query'>;

/** Runs `work` between begin and commit; rolls back when it throws. A connection that can't even roll back is ended, which does the same. */
export const inTransaction = async <Result>(
  session: Session,
  work: (client: Client) => Promise<Result>,
  begin = 'begin',
): Promise<Result> => {
  const client = await session.client();
  const begun = client.query(begin);
  begun.catch(() => {});
  try {
    const result = await work(client);
    await begun;
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => client.end().catch(() => {}));
    throw error;
  }
};
