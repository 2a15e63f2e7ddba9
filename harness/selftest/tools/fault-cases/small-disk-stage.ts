// A database on a small disk of its own, for the fault that fills it; and whether this machine lets us mount one.
import { explain } from '../../../engine/errors.ts';
import { tryFresh } from '../../../faults/database/session.ts';
import { openSmallDisk } from '../../../targets/faultline/small-disk.ts';
import { createDatabase, dropDatabase } from '../../../targets/database.ts';
import type { Stage } from './fault-case.ts';
import type { ServerInUse } from './shared-server.ts';

/** More than the pages that are free in no table. */
const write = `create temporary table selftest_probe as select repeat('x', 1000) as x from generate_series(1, 4000)`;
const diskFull = '53100';

/** By mounting one: who may not is told why by the system. */
export const lacksSmallDisk = async (server: ServerInUse): Promise<string | null> => {
  try {
    await using _disk = await openSmallDisk(server);
    return null;
  } catch (error) {
    return explain(error);
  }
};

export const openSmallDiskStage = async (server: ServerInUse): Promise<Stage> => {
  await using undo = new AsyncDisposableStack();
  const disk = undo.use(await openSmallDisk(server));
  const databaseUrl = await createDatabase(server.server.url, 'small', disk.tablespace);
  undo.defer(() => dropDatabase(server.server.url, databaseUrl));
  const whole = undo.move();
  return {
    target: server.small.target({ databaseUrl, smallDisk: disk }),
    isFelt: async () => (await tryFresh(databaseUrl, write)) === diskFull,
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
};
