// Traffic in batches against faultline's own ingest: every event is judged by its own element of the answer, and the log holds what was acknowledged.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { conflictingEffect } from '../../checkers/conflicting-effect.ts';
import { duplicateInLog } from '../../checkers/duplicate-in-log.ts';
import { lost } from '../../checkers/lost.ts';
import { phantom } from '../../checkers/phantom.ts';
import { poisonAnswers } from '../../checkers/poison-answers.ts';
import { quietScenario, simulateRun } from '../../checkers/testing/simulated-run.ts';
import { startHttpDriver } from '../../drivers/http/driver.ts';
import { systemClock } from '../../engine/clock.ts';
import { planScenario } from '../../engine/plan.ts';
import type { RunData } from '../../engine/run-data.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import type { FinalRow } from '../../history/final-state.ts';
import type { Operation } from '../../history/operation.ts';
import { type History, readHistory } from '../../history/read-history.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { createRegistry } from '../../stack/process-registry.ts';
import type { RunningTarget } from '../target.ts';
import { startPostgres } from './postgres-server.ts';
import { createFaultlineTarget } from './target.ts';

const systemFolder = fileURLToPath(new URL('../../../system', import.meta.url));
/** Nobody listens there: this is not about telemetry. */
const nowhere = 'http://127.0.0.1:9/v1';
const { signal } = new AbortController();

const scenario: Scenario = {
  ...quietScenario,
  phases: [{ name: 'only', kind: 'steady', seconds: 2, ratePerSecond: 200 }],
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'uniform', count: 20 },
    duplicates: { share: 0.1, withinMs: 300 },
    poison: { share: 0.05, kinds: ['wrong-types', 'hostile-text'] },
    batch: { size: 16, lingerMs: 20 },
  },
};

const startTarget = async (folder: string, whole: AsyncDisposableStack): Promise<RunningTarget> => {
  const registry = whole.use(createRegistry(join(folder, 'processes.ndjson'), `batches-${process.pid}`, Date.now));
  const server = whole.use(await startPostgres({ systemFolder, registry, logFile: join(folder, 'postgres.log'), signal }));
  const options = {
    runId: `b${process.pid}`,
    scenario: 'batches',
    processes: { ingest: 1, worker: 1, query: 1 },
    environment: {},
    faultyHandler: false,
    teamProcessor: false,
    otlp: { urls: { metrics: `${nowhere}/metrics`, traces: `${nowhere}/traces`, logs: `${nowhere}/logs` }, headers: {} },
    exportIntervalMs: 60_000,
    logFolder: folder,
    links: [],
    smallDisk: false,
  };
  return whole.use(await createFaultlineTarget({ systemFolder, server, registry, clock: systemClock }).start(options, signal));
};

const drive = async (target: RunningTarget, historyFile: string): Promise<History> => {
  const { plan, source } = planScenario(scenario, 3);
  const batch = scenario.traffic.batch ?? null;
  const url = `${target.ingestUrl}/events`;
  await using driver = await startHttpDriver({ source, seed: 3, digest: plan.digest, url, historyFile, batch });
  driver.go(Date.now() + 200);
  await driver.done;
  return await readHistory(historyFile);
};

test('batches are stored event by event: nothing lost, doubled or made up, and a bad one leaves its neighbours be', async () => {
  await using whole = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'faultline-batches-'));
  whole.defer(() => rm(folder, { recursive: true, force: true }));
  const target = await startTarget(folder, whole);
  const history = await drive(target, join(folder, 'history.ndjson'));
  const drained = await waitUntil(target.pending, (pending) => pending.length === 0, {
    clock: systemClock,
    withinMs: 15_000,
    everyMs: 100,
  });
  expect(drained.last).toEqual([]);
  const finalState: FinalRow[] = await Array.fromAsync(target.readBack());
  const { plan } = planScenario(scenario, 3);
  const run: RunData = { ...simulateRun(), plan, operations: history.operations, historyComplete: history.complete, finalState };
  for (const check of [lost, phantom, duplicateInLog, conflictingEffect, poisonAnswers])
    expect(check(run)).toMatchObject({ outcome: 'pass' });
  const kinds = (of: (operation: Operation) => boolean): number => history.operations.filter(of).length;
  // Each kind of answer was there, several in one batch.
  expect(kinds(({ outcome, duplicate }) => outcome === 'ok' && duplicate === true)).toBeGreaterThan(10);
  expect(kinds(({ status, code }) => status === 400 && code === 'invalid_event')).toBeGreaterThan(3);
  expect(new Set(history.operations.map(({ doneAt }) => doneAt)).size).toBeLessThan(history.operations.length / 2);
  // A near-miss: without one of its rows the same history is a loss.
  const [missing] = finalState.flatMap((row) => (row.kind === 'log' ? [row.id] : []));
  expect(lost({ ...run, finalState: finalState.filter((row) => !(row.kind === 'log' && row.id === missing)) })).toMatchObject({
    outcome: 'fail',
  });
}, 120_000);
