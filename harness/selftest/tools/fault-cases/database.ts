// Each effect on a database, on a real server: by what a session of ours meets, and by worlds in which the injection does nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryFresh } from '../../../faults/database/session.ts';
import { endingQuery, withCappedAccount } from '../../../faults/testing/no-effect.ts';
import { createDatabase, dropDatabase } from '../../../targets/database.ts';
import type { RunningTarget } from '../../../targets/target.ts';
import type { DatabaseEffect, DatabaseFault } from '../../../scenario/faults/database-fault.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';
import { lacksSmallDisk, openSmallDiskStage } from './small-disk-stage.ts';
import type { ServerInUse, SharedServer } from './shared-server.ts';

type Effect = {
  readonly effect: DatabaseEffect;
  readonly variant?: string;
  readonly isFelt: (server: ServerInUse) => Promise<boolean>;
  /** Others write meanwhile: who waits for a lock must be there. */
  readonly needsWriter?: boolean;
  readonly nothing: string;
  readonly withoutEffect: (server: ServerInUse) => Stage | Promise<Stage>;
};

const stageOf = (target: RunningTarget, dispose: () => Promise<void> = () => Promise.resolve()): Stage => ({
  target,
  [Symbol.asyncDispose]: dispose,
});

const write = (url: string): Promise<string | null> => tryFresh(url, `set statement_timeout = 300; insert into things values (1)`);

/** A snapshot knows which transactions that have written are still under way, once a later one is over. */
const laterSql = 'select pg_current_xact_id()';
const someoneHasWrittenSql = `select pg_snapshot_xmin(s) < pg_snapshot_xmax(s) as "is" from pg_current_snapshot() s`;
const isWriting = async ({ pool }: ServerInUse): Promise<boolean> => {
  await pool.query(laterSql);
  return (await pool.query<{ is: boolean }>(someoneHasWrittenSql)).rows[0]?.is === true;
};

/** What was deleted stays in its file, whoever cleans up, as long as somebody may still want to see it. */
const canNotBeCleaned = async ({ pool }: ServerInUse): Promise<boolean> => {
  await pool.query('create table if not exists litter as select generate_series(1, 100) as n');
  await pool.query('insert into litter values (1)');
  await pool.query('delete from litter');
  await pool.query('vacuum litter');
  const { rows } = await pool.query<{ bytes: number }>(`select pg_relation_size('litter')::int as bytes`);
  return (rows[0]?.bytes ?? 0) > 0;
};

const heldEffects = [
  { effect: 'idle-transaction', isFelt: isWriting },
  { effect: 'long-snapshot', isFelt: canNotBeCleaned },
] as const;

/** Its setting overrides the server's. */
const openWritable = async ({ server, small, pool }: ServerInUse): Promise<Stage> => {
  const url = await createDatabase(server.url, 'writable');
  await pool.query('alter database writable set default_transaction_read_only = off');
  return stageOf(small.target({ databaseUrl: url }), () => dropDatabase(server.url, url));
};

const restartOf = (how: 'fast' | 'immediate'): Effect => ({
  effect: { effect: 'restart', how },
  variant: how,
  isFelt: async ({ databaseUrl }) => (await tryFresh(databaseUrl, 'select 1')) !== null,
  nothing: 'a server that is not stopped claims no effect',
  withoutEffect: ({ small }) => {
    const stop = () => Promise.resolve(how === 'fast' ? ('in-order' as const) : ('as-in-a-crash' as const));
    return stageOf(small.target({ databaseServer: { pid: () => 0, stop, start: () => Promise.resolve() } }));
  },
});

const effects: readonly Effect[] = [
  {
    effect: { effect: 'lock' },
    needsWriter: true,
    isFelt: async ({ databaseUrl }) => (await write(databaseUrl)) === '57014',
    nothing: 'a lock that nobody takes claims no effect',
    withoutEffect: ({ small }) => {
      const none = { waiting: async () => [], [Symbol.asyncDispose]: () => Promise.resolve() };
      return stageOf(small.target({ lockReadModel: () => Promise.resolve(none) }));
    },
  },
  {
    effect: { effect: 'read-only' },
    isFelt: async ({ databaseUrl }) => (await write(databaseUrl)) === '25006',
    nothing: 'a database whose setting overrides it claims no effect',
    withoutEffect: openWritable,
  },
  ...heldEffects.map(({ effect, isFelt }): Effect => ({
    effect: { effect },
    isFelt,
    nothing: 'a transaction that somebody ends before it is seen claims no effect',
    withoutEffect: ({ small, pool }) => stageOf(small.target({ query: endingQuery(pool) })),
  })),
  {
    effect: { effect: 'connections' },
    isFelt: async ({ databaseUrl }) => (await tryFresh(databaseUrl, 'select 1')) === '53300',
    nothing: 'the few of one account used up claim no effect on another',
    withoutEffect: async ({ server, small }) => stageOf(await withCappedAccount(server.url, small.target())),
  },
  restartOf('fast'),
  restartOf('immediate'),
];

const faultOf = (effect: DatabaseEffect): DatabaseFault => ({ kind: 'database', name: effect.effect, at: moment, seconds: 1, ...effect });

const openStage = async ({ isFelt, needsWriter = false }: Effect, server: ServerInUse): Promise<Stage> => {
  const writer = needsWriter ? await server.small.startWriter() : null;
  const target = server.small.target({ databaseServer: server.server });
  return { ...stageOf(target, async () => writer?.[Symbol.asyncDispose]()), isFelt: () => isFelt(server) };
};

/** A file in a folder that is not the database's disk. */
const openOtherFolder = async ({ small }: ServerInUse): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-selftest-'));
  return stageOf(small.target({ smallDisk: { folder, megabytes: 1 } }), () => rm(folder, { recursive: true, force: true }));
};

export const databaseCases = (shared: SharedServer): readonly FaultCase[] => [
  ...effects.map((effect): FaultCase => {
    const fault = faultOf(effect.effect);
    return {
      of: `database ${effect.effect.effect}`,
      ...(effect.variant === undefined ? {} : { variant: effect.variant }),
      isSlow: true,
      red: claimsNothing(effect.nothing, {
        fault: { ...fault, seconds: 0.5 },
        open: async () => effect.withoutEffect(await shared.get()),
      }),
      green: seenOnAndGoneAfter({ fault, open: async () => openStage(effect, await shared.get()) }),
    };
  }),
  {
    of: 'database disk-full',
    isSlow: true,
    lacks: async () => lacksSmallDisk(await shared.get()),
    red: claimsNothing('a file that fills another disk claims no effect', {
      fault: { ...faultOf({ effect: 'disk-full' }), seconds: 0.5 },
      open: async () => openOtherFolder(await shared.get()),
    }),
    green: seenOnAndGoneAfter({ fault: faultOf({ effect: 'disk-full' }), open: async () => openSmallDiskStage(await shared.get()) }),
  },
];
