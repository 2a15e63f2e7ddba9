// For tests of faults: a real PostgreSQL behind a link.
import pg from 'pg';
import { openTcpLink, type TcpLink } from '../../network/tcp-link.ts';
import { systemTimers } from '../../network/timers.ts';
import { harnessApplicationName } from '../../targets/database.ts';
import type { RunningTarget, TargetLink } from '../../targets/target.ts';
import { partialTarget } from './fault-world.ts';
import { handleOf } from './link-handle.ts';

export type LinkedDatabase = AsyncDisposable & {
  readonly target: RunningTarget;
  readonly link: TcpLink;
  /** A session of the target's, through the link. */
  connect(): Promise<pg.Client>;
};

/** A target whose workers reach a real PostgreSQL through a link. */
export const linkDatabase = async (url: string, deaf = false): Promise<LinkedDatabase> => {
  const { hostname: host, port } = new URL(url);
  const link = await openTcpLink({ to: { host, port: Number(port) }, protocol: 'postgres', timers: systemTimers });
  const via = Object.assign(new URL(url), { port: String(link.port) }).href;
  const pool = new pg.Pool({ connectionString: url, application_name: harnessApplicationName, max: 2 });
  const clients: pg.Client[] = [];
  const links: readonly TargetLink[] = [{ name: 'worker-database', url: via, protocol: 'postgres', proxy: handleOf(link, deaf) }];
  const query: RunningTarget['query'] = async <Row extends Record<string, unknown>>(sql: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(sql, [...values])).rows;
  return {
    link,
    target: partialTarget({ databaseUrl: url, links: () => links, query }),
    connect: async () => {
      const client = new pg.Client({ connectionString: via, application_name: 'faultline-worker-test' });
      client.on('error', () => undefined);
      clients.push(client);
      await client.connect();
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      await link[Symbol.asyncDispose]();
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await pool.end();
    },
  };
};
