// One PostgreSQL server for all proofs that need one: started when it is first asked for.
import type pg from 'pg';
import { type OwnPostgres, startOwnPostgres } from '../../../faults/testing/own-postgres.ts';
import { openSmallDatabase, type SmallDatabase } from '../../../faults/testing/small-database.ts';
import { createDatabase } from '../../../targets/database.ts';

export type ServerInUse = OwnPostgres & { readonly databaseUrl: string; readonly small: SmallDatabase; readonly pool: pg.Pool };

export type SharedServer = AsyncDisposable & { get(): Promise<ServerInUse> };

const start = async (): Promise<ServerInUse> => {
  await using undo = new AsyncDisposableStack();
  const own = undo.use(await startOwnPostgres());
  const databaseUrl = await createDatabase(own.server.url, 'selftest');
  const small = undo.use(await openSmallDatabase(databaseUrl));
  const whole = undo.move();
  return { ...own, databaseUrl, small, pool: small.pool, [Symbol.asyncDispose]: () => whole.disposeAsync() };
};

export const createSharedServer = (): SharedServer => {
  let started: Promise<ServerInUse> | null = null;
  return {
    get: () => (started ??= start()),
    [Symbol.asyncDispose]: async () => {
      const server = await started?.catch(() => null);
      await server?.[Symbol.asyncDispose]();
    },
  };
};
