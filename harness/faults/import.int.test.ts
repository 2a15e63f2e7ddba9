// What clients of an import were told, and nothing else, goes into the history: on a process that is killed and started again for real, with a ledger of ours.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImportedLine } from '../history/imported-line.ts';
import type { ImportFault } from '../scenario/faults/import-fault.ts';
import type { ImportClient, RunningTarget } from '../targets/target.ts';
import { importFile } from './import.ts';
import { type FaultWorld, openFaultWorld, partialTarget } from './testing/fault-world.ts';
import { startSmallTarget } from './testing/small-target.ts';

const fault: ImportFault = {
  kind: 'import',
  name: 'past',
  at: { phase: 'only', afterSeconds: 0 },
  // Whoever waits for all of it runs into the time that a test has.
  seconds: 600,
  lines: 100,
  ratePerSecond: 100,
};

let world: FaultWorld;
beforeAll(async () => void (world = await openFaultWorld()));
afterAll(() => world[Symbol.asyncDispose]());

const run = async (target: RunningTarget, signal?: AbortSignal) => {
  const promised: ImportedLine[] = [];
  const ended = await importFile(fault, { ...world.context(target, signal), promise: (lines) => void promised.push(...lines) }).then(
    ({ tookEffect, healed }) => ({ tookEffect, healed }),
    (error: Error) => error.message,
  );
  return { ended, outcomes: [...new Set(promised.map(({ outcome }) => outcome))], lines: promised.length };
};

/** Its third client ends by itself with `code`; until then each look at the ledger finds a bit more. `settles`: the most that it ever says. */
const importing = async (code: number, settles: number, parts: Partial<RunningTarget> = {}) => {
  const small = await startSmallTarget();
  const clients: ImportClient[] = [];
  const start = (): ImportClient => {
    const { promise: exited, resolve } = Promise.withResolvers<Awaited<ImportClient['exited']>>();
    if (clients.length === 2) resolve({ code, signal: null });
    return { pid: 0, exited, kill: (signal) => (resolve({ code: null, signal }), true) };
  };
  let settled = 0;
  const target: RunningTarget = {
    ...small.target,
    processes: () => small.target.processes().map((process) => ({ ...process, role: 'query' })),
    restart: () => small.target.restart('worker', 0),
    importFile: async () => {
      clients.push(start());
      return clients.at(-1)!;
    },
    query: (async () => {
      settled = clients.length === 3 ? settles : Math.min(90, settled + 30);
      return [{ settled }];
    }) as unknown as RunningTarget['query'],
    ...parts,
  };
  try {
    return await run(target);
  } finally {
    await small[Symbol.asyncDispose]();
  }
};

test('a target that imports no files promises nothing', async () => {
  expect(await run(partialTarget({}))).toEqual({ ended: { tookEffect: false, healed: true }, outcomes: [], lines: 0 });
});

test('a client that was told that all is there has a promise, also where the ledger has less', async () => {
  expect(await importing(0, 100)).toEqual({ ended: { tookEffect: true, healed: true }, outcomes: ['ok'], lines: 100 });
  expect(await importing(0, 99)).toEqual({ ended: { tookEffect: true, healed: false }, outcomes: ['ok'], lines: 100 });
});

test('a client that failed was promised nothing, whatever the ledger has', async () => {
  expect(await importing(1, 100)).toEqual({ ended: { tookEffect: true, healed: false }, outcomes: ['unknown'], lines: 100 });
});

test('an import that the harness itself could not go on with leaves lines that may be there', async () => {
  const restart = () => Promise.reject(new Error('it does not come up'));
  expect(await importing(0, 100, { restart })).toEqual({ ended: 'it does not come up', outcomes: ['unknown'], lines: 100 });
});

/** Interrupted when its n-th client is there: how many are left then, and whether the query process was struck. */
const interruptedAt = async (nth: number) => {
  await using small = await startSmallTarget();
  const abort = new AbortController();
  const clients: { killed: boolean }[] = [];
  let restarts = 0;
  const target: RunningTarget = {
    ...small.target,
    processes: () => small.target.processes().map((process) => ({ ...process, role: 'query' })),
    restart: () => {
      restarts += 1;
      return small.target.restart('worker', 0);
    },
    importFile: async () => {
      const { promise: exited, resolve } = Promise.withResolvers<Awaited<ImportClient['exited']>>();
      const client = { killed: false };
      clients.push(client);
      if (clients.length === nth) abort.abort();
      const kill = (signal: NodeJS.Signals): boolean => {
        const wasThere = !client.killed;
        client.killed = true;
        resolve({ code: null, signal });
        return wasThere;
      };
      return { pid: 0, exited, kill };
    },
    query: (async () => [{ settled: clients.length * 30 }]) as unknown as RunningTarget['query'],
  };
  const { ended } = await run(target, abort.signal);
  const living = clients.filter(({ killed }) => !killed).length;
  return { ended, started: clients.length, living, restarts };
};

test.each([
  [1, 0],
  [2, 0],
  [3, 1],
])('interrupted at its client %i it strikes nobody any more, waits for nothing, and leaves no client', async (nth, restarts) => {
  const seen = await interruptedAt(nth);
  expect(seen).toMatchObject({ ended: { tookEffect: false, healed: true }, started: nth, living: 0, restarts });
});
