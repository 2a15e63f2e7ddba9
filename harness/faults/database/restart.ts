// The database server is stopped, stays away, and is started again on the same port and data. Evidence is what a new client meets, and when the
// server itself says that it was started.
import { HarnessError } from '../../engine/errors.ts';
import { openSession, tryFresh } from './session.ts';
import type { DatabaseSteps } from './steps.ts';

const startedSql = `select (extract(epoch from pg_postmaster_start_time()) * 1000)::float8 as "at"`;

export const restart: DatabaseSteps<'restart'> = async ({ how }, { target }) => {
  const server = target.databaseServer;
  if (server === undefined)
    throw new HarnessError('FL_SCENARIO_INVALID', 'the database server is not the run’s own, so it can not be stopped');
  const startedAt = async (): Promise<number> => {
    await using session = await openSession(target.databaseUrl);
    return (await session.client.query<{ at: number }>(startedSql)).rows[0]?.at ?? 0;
  };
  const before = await startedAt();
  let wasThere = true;
  return {
    inject: async () => {
      wasThere = await server.stop(how);
      return { [Symbol.asyncDispose]: () => server.start() };
    },
    look: async () => {
      const code = await tryFresh(target.databaseUrl, 'select 1');
      const away = wasThere ? 'the server does not answer' : 'the server had ended by itself before it could be stopped';
      const observed = code === null ? 'the server still answers' : `${away} (${code})`;
      return { is: wasThere && code !== null, source: 'postgresql', observed, data: { event: 'stopped', code } };
    },
    lookAfter: async () => {
      const after = await startedAt();
      const observed = `the server answers, and says that it was started ${Math.round((after - before) / 100) / 10} s after the one before`;
      return { is: after > before, source: 'postgresql', observed, data: { event: 'healed', before, after } };
    },
  };
};
