// Every transaction that begins is read-only, as on a server that has become a standby. Evidence is what a new session is told that tries to write (25006).
import { openSession, tryFresh } from './session.ts';
import type { DatabaseSteps } from './steps.ts';

const refused = '25006';
const write = 'create temporary table harness_probe (n int)';

export const readOnly: DatabaseSteps<'read-only'> = async (_effect, { target }) => {
  const set = async (change: string): Promise<void> => {
    await using session = await openSession(target.databaseUrl);
    await session.client.query(`alter system ${change}`);
    await session.client.query('select pg_reload_conf()');
  };
  const look = async (event: string, is: (code: string | null) => boolean) => {
    const code = await tryFresh(target.databaseUrl, write);
    const observed = `a new session that writes ${code === null ? 'is let' : `is refused (${code})`}`;
    return { is: is(code), source: 'postgresql', observed, data: { event, code } };
  };
  const heal = () => set('reset default_transaction_read_only');
  return {
    inject: async () => {
      await set('set default_transaction_read_only = on').catch(async (error: unknown) => {
        await heal();
        throw error;
      });
      return { [Symbol.asyncDispose]: heal };
    },
    look: () => look('read-only', (code) => code === refused),
    lookAfter: () => look('healed', (code) => code === null),
  };
};
