// The faults on faultline itself, with events coming in: each must find its evidence in the real target, and leave it whole.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../engine/clock.ts';
import { createFaultHelpers, type FaultHelpers } from '../../engine/fault-helpers.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import { createRunFault, faults } from '../../faults/registry.ts';
import type { Fault } from '../../scenario/scenario.ts';
import { createRegistry } from '../../stack/process-registry.ts';
import type { RunningTarget } from '../target.ts';
import { startPostgres } from './postgres-server.ts';
import { createFaultlineTarget } from './target.ts';

const systemFolder = fileURLToPath(new URL('../../../system', import.meta.url));
/** Nobody listens there: this is not about telemetry. */
const nowhere = 'http://127.0.0.1:9/v1';
const { signal } = new AbortController();
const hasDisk = process.platform === 'linux' && process.getuid?.() === 0;

const whole = new AsyncDisposableStack();
let target: RunningTarget;
let helpers: FaultHelpers;
let sending: Promise<void> = Promise.resolve();
const traffic = { sent: 0, acknowledged: new Set<string>(), isOver: false };

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-target-'));
  whole.defer(() => rm(folder, { recursive: true, force: true }));
  const registry = whole.use(createRegistry(join(folder, 'processes.ndjson'), `target-${process.pid}`, Date.now));
  const server = whole.use(await startPostgres({ systemFolder, registry, logFile: join(folder, 'postgres.log'), signal }));
  helpers = createFaultHelpers({ registry, logFolder: folder });
  target = whole.use(
    await createFaultlineTarget({ systemFolder, server, registry, clock: systemClock }).start(
      {
        runId: `t${process.pid}`,
        scenario: 'faults',
        processes: { ingest: 1, worker: 2, query: 1 },
        environment: {},
        faultyHandler: false,
        teamProcessor: false,
        otlp: { urls: { metrics: `${nowhere}/metrics`, traces: `${nowhere}/traces`, logs: `${nowhere}/logs` }, headers: {} },
        exportIntervalMs: 60_000,
        logFolder: folder,
        links: ['driver-ingest', 'ingest-database', 'worker-database', 'query-database'],
        smallDisk: hasDisk,
      },
      signal,
    ),
  );
  sending = sendEvents();
  whole.defer(endTraffic);
}, 120_000);
afterAll(() => whole.disposeAsync(), 60_000);

/** What is on its way is answered when it resolves: an event that is acknowledged later may not be a row yet. */
const endTraffic = async (): Promise<void> => {
  traffic.isOver = true;
  await sending;
};

/** As a client would: the same id again until it is acknowledged. */
const sendEvents = async (): Promise<void> => {
  for (let n = 0; !traffic.isOver; n += 1) {
    const [id, key] = [`event-${n}`, `key-${n % 50}`];
    const event = { system_name: 'shop', object_id: key, event_name: 'placed', event_time: '2026-01-02T03:04:05Z', metadata: {}, id };
    traffic.sent += 1;
    for (let isDone = false; !isDone && !traffic.isOver;) {
      isDone = await post(JSON.stringify(event));
      if (isDone) traffic.acknowledged.add(id);
      await systemClock.sleep(10);
    }
  }
};

const post = (body: string): Promise<boolean> =>
  fetch(`${target.ingestUrl}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(2000),
  }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.ok;
    },
    () => false,
  );

/** A wait of `unhurriedSeconds` is one of a second. */
const unhurriedSeconds = 12;
const clock: Clock = {
  ...systemClock,
  sleep: (ms, until) => systemClock.sleep(ms > 6000 ? ms - (unhurriedSeconds - 1) * 1000 : ms, until),
};

const strike = (fault: Fault, on = target) =>
  createRunFault(faults)(fault, {
    target: on,
    clock,
    signal,
    seed: 1,
    startHelper: helpers.start,
    promise: () => {},
    promiseHealing: helpers.promiseHealing,
    note: () => {},
  });

const planned = { name: 'it', at: { phase: 'fault', afterSeconds: 0 } } as const;
// Some are felt only once the target comes to them, which may take its time; once it is felt a fault goes on for what is left of a second.
const database = { ...planned, kind: 'database', seconds: unhurriedSeconds } as const;
const network = { ...planned, kind: 'network', seconds: unhurriedSeconds } as const;

const all: readonly Fault[] = [
  { ...database, effect: 'idle-transaction' },
  { ...database, effect: 'long-snapshot' },
  { ...database, effect: 'lock' },
  { ...database, effect: 'read-only' },
  { ...database, effect: 'connections' },
  ...(hasDisk ? [{ ...database, effect: 'disk-full' } as const] : []),
  { ...database, effect: 'restart', how: 'fast' },
  { ...database, effect: 'restart', how: 'immediate' },
  { ...network, link: 'driver-ingest', effect: 'latency', latencyMs: 30 },
  { ...network, link: 'driver-ingest', effect: 'black-hole' },
  { ...network, link: 'ingest-database', effect: 'cut' },
  { ...network, link: 'ingest-database', effect: 'swallow-commit', times: 1, statement: 'append_batch(' },
  { ...network, link: 'worker-database', effect: 'swallow-commit', times: 1 },
  { ...network, link: 'worker-database', effect: 'half-open' },
  { ...network, link: 'query-database', effect: 'reset' },
  { ...planned, kind: 'clock', role: 'ingest', index: 0, seconds: 1, offsetMs: 3_600_000 },
  { ...planned, kind: 'descriptors', role: 'ingest', index: 0, seconds: 1 },
  { ...planned, kind: 'crash-loop', role: 'worker', index: 1, times: 2, everySeconds: 0.5 },
  { ...planned, kind: 'bad-release', role: 'worker', index: 0, seconds: 6 },
  { ...planned, kind: 'slow-start', role: 'worker', index: 0, seconds: 2 },
];

test.each(
  all.map(
    (fault) =>
      [
        `${fault.kind} ${'effect' in fault ? `${fault.effect} ` : ''}${'link' in fault ? fault.link : 'role' in fault ? fault.role : ''}`,
        fault,
      ] as const,
  ),
)('%s is seen in the target and is gone after, and events are taken in again', async (_name, fault) => {
  const evidence = await strike(fault);
  expect(evidence, evidence.observations.map(({ observed }) => observed).join('\n')).toMatchObject({ tookEffect: true, healed: true });
  const before = traffic.acknowledged.size;
  await expect.poll(() => traffic.acknowledged.size, { timeout: 15_000 }).toBeGreaterThan(before + 3);
});

test('a release that is not bad after all took no effect', async () => {
  const healthy = { ...target, badRelease: { ...target.badRelease!, environment: {} } };
  const evidence = await strike({ ...planned, kind: 'bad-release', role: 'worker', index: 1, seconds: 2 }, healthy);
  expect(evidence).toMatchObject({ tookEffect: false, healed: true });
});

test('after all of them nothing acknowledged is lost, and nothing is there twice', async () => {
  await endTraffic();
  const drained = await waitUntil(target.pending, (pending) => pending.length === 0, {
    clock: systemClock,
    withinMs: 20_000,
    everyMs: 200,
  });
  expect(drained.last).toEqual([]);
  const rows = await target.query<{ key: string; amount: number }>(
    'select idempotency_key as "key", count(*)::int as "amount" from events group by 1',
  );
  const stored = new Map(rows.map(({ key, amount }) => [key, amount]));
  expect([...traffic.acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  expect(rows.filter(({ amount }) => amount > 1)).toEqual([]);
  expect(traffic.acknowledged.size).toBeGreaterThan(100);
});
