// The database server is stopped, stays away, and is started again on the same port and data. Evidence is what a new client meets, and when the
// server itself says that it was started.
import { HarnessError } from '../../engine/errors.ts';
import type { ServerEnd } from '../../targets/target.ts';
import { openSession, tryFresh } from './session.ts';
import type { DatabaseSteps } from './steps.ts';

const startedSql = `select (extract(epoch from pg_postmaster_start_time()) * 1000)::float8 as "at"`;

const endOf = { fast: 'in-order', immediate: 'as-in-a-crash' } as const satisfies Record<string, ServerEnd>;

const awayAfter = (how: keyof typeof endOf, ended: ServerEnd): string => {
  if (ended === 'had-ended') return 'the server had ended by itself before it could be stopped';
  return ended === endOf[how] ? 'the server does not answer' : 'the server was to be stopped in order, and ended as in a crash';
};

export const restart: DatabaseSteps<'restart'> = async ({ how }, { target }) => {
  const server = target.databaseServer;
  if (server === undefined)
    throw new HarnessError('FL_SCENARIO_INVALID', 'the database server is not the run’s own, so it can not be stopped');
  const startedAt = async (): Promise<number> => {
    await using session = await openSession(target.databaseUrl);
    return (await session.client.query<{ at: number }>(startedSql)).rows[0]?.at ?? 0;
  };
  const before = await startedAt();
  let ended: ServerEnd = 'had-ended';
  return {
    inject: async () => {
      ended = await server.stop(how);
      return { [Symbol.asyncDispose]: () => server.start() };
    },
    look: async () => {
      const code = await tryFresh(target.databaseUrl, 'select 1');
      const observed = code === null ? 'the server still answers' : `${awayAfter(how, ended)} (${code})`;
      const is = ended === endOf[how] && code !== null;
      return { is, source: 'postgresql', observed, data: { event: 'stopped', code, ended } };
    },
    lookAfter: async () => {
      const after = await startedAt();
      const observed = `the server answers, and says that it was started ${Math.round((after - before) / 100) / 10} s after the one before`;
      return { is: after > before, source: 'postgresql', observed, data: { event: 'healed', before, after } };
    },
  };
};
