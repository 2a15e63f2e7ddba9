// Faults of datagrams on faultline itself, with numbered datagrams coming in: each is felt and heals by its own counts, and its books are exact afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { countedLoss } from '../../checkers/counted-loss.ts';
import { lost } from '../../checkers/lost.ts';
import { phantom } from '../../checkers/phantom.ts';
import { quietScenario, simulateRun } from '../../checkers/testing/simulated-run.ts';
import { startUdpDriver } from '../../drivers/udp/driver.ts';
import { systemClock } from '../../engine/clock.ts';
import { createFaultHelpers } from '../../engine/fault-helpers.ts';
import { planScenario } from '../../engine/plan.ts';
import type { RunData } from '../../engine/run-data.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import { createRunFault, faults } from '../../faults/registry.ts';
import type { FinalRow } from '../../history/final-state.ts';
import { readHistory } from '../../history/read-history.ts';
import type { DatagramEffect } from '../../scenario/faults/datagram-fault.ts';
import type { Fault, Scenario } from '../../scenario/scenario.ts';
import { createRegistry } from '../../stack/process-registry.ts';
import { startPostgres } from './postgres-server.ts';
import { createFaultlineTarget } from './target.ts';

const systemFolder = fileURLToPath(new URL('../../../system', import.meta.url));
/** Nobody listens there: this is not about telemetry. */
const nowhere = 'http://127.0.0.1:9/v1';
const { signal } = new AbortController();

const effects: readonly DatagramEffect[] = [
  { effect: 'loss', share: 0.3 },
  { effect: 'corrupt', share: 0.3 },
  { effect: 'duplicate', share: 0.3 },
  { effect: 'reorder', share: 0.3, withinMs: 40 },
];
const faultsOf: readonly Fault[] = effects.map((effect, place) => ({
  kind: 'datagrams',
  name: effect.effect,
  at: { phase: 'only', afterSeconds: 1 + place * 3 },
  link: 'driver-ingest-udp',
  seconds: 1.5,
  ...effect,
}));

/** So long as the four take, one after the other, each with its looks. */
const scenario: Scenario = {
  ...quietScenario,
  phases: [{ name: 'only', kind: 'fault', seconds: 24, ratePerSecond: 150 }],
  traffic: { arrivals: 'poisson', keys: { kind: 'uniform', count: 20 }, producers: { count: 2, skewMs: 0 }, transport: 'udp' },
  faults: faultsOf,
};

test('loss, damage, copies and disorder are felt, each heals, and the books know of each datagram', async () => {
  await using whole = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'faultline-datagrams-'));
  whole.defer(() => rm(folder, { recursive: true, force: true }));
  const registry = whole.use(createRegistry(join(folder, 'processes.ndjson'), `datagrams-${process.pid}`, Date.now));
  const server = whole.use(await startPostgres({ systemFolder, registry, logFile: join(folder, 'postgres.log'), signal }));
  const target = whole.use(
    await createFaultlineTarget({ systemFolder, server, registry, clock: systemClock }).start(
      {
        runId: `d${process.pid}`,
        scenario: 'datagrams',
        processes: { ingest: 1, worker: 1, query: 1 },
        environment: {},
        faultyHandler: false,
        teamProcessor: false,
        otlp: { urls: { metrics: `${nowhere}/metrics`, traces: `${nowhere}/traces`, logs: `${nowhere}/logs` }, headers: {} },
        exportIntervalMs: 60_000,
        logFolder: folder,
        links: [],
        smallDisk: false,
        datagrams: 'door-behind-proxy',
      },
      signal,
    ),
  );
  const { plan, source } = planScenario(scenario, 1);
  const historyFile = join(folder, 'history.ndjson');
  await using driver = await startUdpDriver({ source, seed: 1, digest: plan.digest, to: target.datagrams!, historyFile });
  driver.go(Date.now() + 200);
  const helpers = createFaultHelpers({ registry, logFolder: folder });
  const runFault = createRunFault(faults);
  const evidence = [];
  for (const fault of faultsOf) {
    const context = {
      target,
      seed: 7,
      startHelper: helpers.start,
      promise: () => {},
      promiseHealing: helpers.promiseHealing,
      clock: systemClock,
      signal,
      note: () => {},
    };
    evidence.push(await runFault(fault, context));
  }
  expect(evidence.map(({ fault, tookEffect, healed }) => [fault, tookEffect, healed])).toEqual(
    effects.map(({ effect }) => [effect, true, true]),
  );
  await driver.done;
  const drained = await waitUntil(
    () => target.pending(),
    (pending) => pending.length === 0,
    { clock: systemClock, withinMs: 20_000, everyMs: 200 },
  );
  expect(drained.last).toEqual([]);
  const [history, finalState] = [await readHistory(historyFile), [] as FinalRow[]];
  for await (const row of target.readBack()) finalState.push(row);
  const run: RunData = {
    ...simulateRun(scenario),
    operations: history.operations,
    historyComplete: history.complete,
    finalState,
    evidence,
    signals: null,
  };
  for (const result of [countedLoss(run), lost(run), phantom(run)].flat()) expect(result).toMatchObject({ outcome: 'pass', findings: [] });
  const [link] = finalState.filter((row) => row.kind === 'datagram-link');
  expect(link).toMatchObject({ received: history.operations.length + 6 });
  const repeated = finalState.reduce((sum, row) => sum + (row.kind === 'datagram-sender' ? row.repeated : 0), 0);
  expect(repeated).toBeGreaterThan(20);
}, 90_000);
