// For tests of faults: a target of which only a part is real, the context of a fault, and links between real parts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../engine/clock.ts';
import { createFaultHelpers } from '../engine/fault-helpers.ts';
import { openTcpLink, type TcpLink } from '../network/tcp-link.ts';
import type { TcpLinkHandle } from '../network/start-network.ts';
import { systemTimers } from '../network/timers.ts';
import { createRegistry } from '../stack/process-registry.ts';
import { harnessApplicationName } from '../targets/database.ts';
import type { RunningTarget, TargetLink } from '../targets/target.ts';
import type { FaultContext } from './fault.ts';

const refuse = (what: string) => (): never => {
  throw new Error(`this target has no ${what}`);
};

/** A target that has what it is given, and refuses the rest. */
export const partialTarget = (parts: Partial<RunningTarget>): RunningTarget => ({
  ingestUrl: '',
  queryUrl: '',
  databaseUrl: '',
  processes: () => [],
  restart: refuse('process that can be started again'),
  pending: () => Promise.resolve([]),
  readBack: refuse('final state'),
  query: refuse('database'),
  lockReadModel: refuse('read model'),
  [Symbol.asyncDispose]: () => Promise.resolve(),
  ...parts,
});

export type FaultWorld = AsyncDisposable & {
  context(target: RunningTarget, signal?: AbortSignal): FaultContext;
  readonly notes: string[];
};

/** Helpers that a fault starts are real processes of a registry of their own. */
export const openFaultWorld = async (): Promise<FaultWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-faults-'));
  const registry = createRegistry(join(folder, 'processes.ndjson'), `faults-${process.pid}`, Date.now);
  const helpers = createFaultHelpers({ registry, logFolder: folder });
  const notes: string[] = [];
  return {
    notes,
    context: (target, signal = new AbortController().signal) => ({
      target,
      clock: systemClock,
      signal,
      seed: 1,
      startHelper: helpers.start,
      promiseHealing: helpers.promiseHealing,
      note: (text) => void notes.push(text),
    }),
    [Symbol.asyncDispose]: async () => {
      registry[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** A link in this process, as the process of the proxies has it. `deaf`: it takes effects and does nothing, as a broken injector. */
export const handleOf = (link: TcpLink, deaf = false): TcpLinkHandle => {
  let last = 0;
  return {
    port: link.port,
    apply: async (effect, seed) => {
      const id = (last += 1);
      if (!deaf) link.apply(id, effect, seed);
      return { [Symbol.asyncDispose]: async () => void link.clear(id) };
    },
    counts: () => Promise.resolve(link.counts()),
    farPorts: () => Promise.resolve(link.farPorts()),
  };
};

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
