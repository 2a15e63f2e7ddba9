// A commit whose answer is thrown away, on a real server: a row is there of which its writer was never told.
import { linkDatabase } from '../../../faults/testing/linked-database.ts';
import type { NetworkFault } from '../../../scenario/faults/network-fault.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';
import type { SharedServer } from './shared-server.ts';

const fault: NetworkFault = {
  kind: 'network',
  name: 'swallow-commit',
  at: moment,
  link: 'worker-database',
  effect: 'swallow-commit',
  times: 1,
  seconds: 1,
};

type Committer = { readonly told: () => number; readonly isEnded: () => boolean; stop(): Promise<void> };

/** Commits a row at a time, until it is cut off. */
const commitOn = (query: (sql: string) => Promise<unknown>): Committer => {
  let [told, isOver, isEnded] = [0, false, false];
  const running = (async () => {
    while (!isOver) {
      await query('begin');
      await query('insert into committed values (1)');
      await query('commit');
      told += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })().catch(() => void (isEnded = true));
  return {
    told: () => told,
    isEnded: () => isEnded,
    stop: async () => {
      isOver = true;
      await running;
    },
  };
};

const openStage = async (shared: SharedServer, deaf: boolean): Promise<Stage> => {
  const { databaseUrl, pool } = await shared.get();
  await pool.query('drop table if exists committed');
  await pool.query('create table committed (n int)');
  const linked = await linkDatabase(databaseUrl, deaf);
  const client = await linked.connect();
  const committer = commitOn((sql) => client.query(sql));
  const isStruck = async (): Promise<boolean> => {
    const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from committed');
    return committer.isEnded() && rows[0]?.n === committer.told() + 1;
  };
  let wasStruck = false;
  return {
    target: linked.target,
    /** Gone where a new session commits, and is told. */
    isFelt: async () => {
      if (!wasStruck) return (wasStruck = await isStruck());
      const again = await linked.connect();
      return again.query('begin; insert into committed values (2); commit').then(
        () => false,
        () => true,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await committer.stop();
      await linked[Symbol.asyncDispose]();
    },
  };
};

export const swallowedCommitCase = (shared: SharedServer): FaultCase => ({
  of: 'network swallow-commit',
  isSlow: true,
  red: claimsNothing('a proxy that does nothing claims no effect', { fault, open: () => openStage(shared, true) }),
  green: seenOnAndGoneAfter({ fault, open: () => openStage(shared, false) }),
});
