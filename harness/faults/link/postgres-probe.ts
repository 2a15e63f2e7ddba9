// Uses a link to PostgreSQL as a client of it: one session, small questions and large ones.
import pg from 'pg';
import { harnessApplicationName } from '../../targets/database.ts';
import { codeOf, type KeptProbe, type Probe, timed } from './probe.ts';

export const createPostgresProbe = (url: string): Probe => ({ open: (withinMs) => openSession(url, withinMs) });

const openSession = async (url: string, withinMs: number): Promise<KeptProbe> => {
  const client = new pg.Client({ connectionString: url, application_name: harnessApplicationName, connectionTimeoutMillis: withinMs });
  let ended: string | null = null;
  client.on('error', (error) => (ended ??= codeOf(error)));
  client.on('end', () => (ended ??= 'closed'));
  try {
    await client.connect();
  } catch (error) {
    streamOf(client).destroy();
    throw error;
  }
  return {
    ask: (ms) => timed(() => client.query('select 1'), ms),
    transfer: async (way, bytes, ms) => {
      const text = way === 'up' ? `select length('${'x'.repeat(bytes)}')` : `select repeat('x', ${bytes})`;
      return { ...(await timed(() => client.query(text), ms)), bytes };
    },
    ended: () => ended,
    // Not by a farewell, which a link that lets nothing through would keep.
    [Symbol.asyncDispose]: async () => streamOf(client).destroy(),
  };
};

const streamOf = (client: pg.Client): { destroy(): void } =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;
