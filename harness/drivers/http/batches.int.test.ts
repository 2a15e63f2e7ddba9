// Batches, on real connections: what goes together, whose answer is whose, and what is sent again.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { planScenario } from '../../engine/plan.ts';
import type { Operation } from '../../history/operation.ts';
import { type History, readHistory } from '../../history/read-history.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { DriverSummary } from '../progress.ts';
import { type HttpDriverOptions, startHttpDriver } from './driver.ts';
import { defaultRetries } from './retry-policy.ts';
import { scenarioOf } from '../testing.ts';
import { bodyOf, listen, reply } from './testing.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-batches-'));
afterAll(() => rm(folder, { recursive: true }));

let runs = 0;
const drive = async (
  url: string,
  scenario: Scenario,
  options: Partial<HttpDriverOptions>,
): Promise<{ summary: DriverSummary; history: History }> => {
  const { plan, source } = planScenario(scenario, 1);
  const historyFile = join(folder, `${(runs += 1)}.ndjson`);
  await using driver = await startHttpDriver({ source, seed: 1, digest: plan.digest, url, historyFile, ...options });
  driver.go(Date.now() + 100);
  const summary = await driver.done;
  return { summary, history: await readHistory(historyFile) };
};

type BatchEvent = { readonly id: string };
type Results = readonly Record<string, unknown>[];
/** A server of the contract for batches: what it answers is said for each event, and for how often it came. */
const listenForBatches = async (
  resultOf: (id: string, times: number) => Record<string, unknown>,
): Promise<AsyncDisposable & { readonly url: string; readonly batches: BatchEvent[][]; readonly traced: (string | null)[] }> => {
  const [batches, traced, seen] = [[] as BatchEvent[][], [] as (string | null)[], new Map<string, number>()];
  const server = await listen(async (request, response) => {
    if (request.url !== '/events/batch') return reply(response, 404, { error: { code: 'not_found', message: '' } });
    const events = JSON.parse(await bodyOf(request)) as BatchEvent[];
    batches.push(events);
    const parent = request.headers['traceparent'];
    traced.push(typeof parent === 'string' ? (parent.split('-')[1] ?? null) : null);
    const results: Results = events.map(({ id }) => {
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      return resultOf(id, times);
    });
    reply(response, 200, { results });
  });
  return { ...server, batches, traced };
};
const eventOf = (id: string): number => Number(id.split('-').at(-1));

test('events go in batches, and each has its own element of the answer', async () => {
  await using server = await listenForBatches((id) => ({ status: 200, id: eventOf(id), duplicate: false }));
  const { history, summary } = await drive(server.url, scenarioOf(), { batch: { size: 10, lingerMs: 200 } });
  expect(summary).toMatchObject({ operations: 200, ok: 200, inFlight: 0 });
  expect([...history.operations].every(({ id, event }) => id === event)).toBe(true);
  expect(server.batches.flat().map(({ id }) => eventOf(id))).toHaveLength(200);
  expect(Math.max(...server.batches.map(({ length }) => length))).toBe(10);
  // Twenty, and a few that marked events began, or that a busy machine sent before they were full.
  expect(server.batches.length).toBeLessThan(100);
});

test('a batch that does not fill goes when its first event has waited', async () => {
  await using server = await listenForBatches((id) => ({ status: 200, id: eventOf(id), duplicate: false }));
  const { history } = await drive(server.url, scenarioOf(), { batch: { size: 1000, lingerMs: 50 } });
  const lengths = server.batches.map(({ length }) => length);
  // One every 50 ms; a machine that stands still meanwhile makes fewer and larger ones.
  expect(lengths.length).toBeGreaterThan(3);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(200);
  // The wait for company is the client's own doing and in the latency; it is no lateness of the generator.
  const longest = Math.max(...history.operations.map(({ doneAt, intendedAt }) => doneAt - intendedAt));
  expect(longest).toBeGreaterThanOrEqual(49);
});

test('the trace of a marked event is that of its batch, which it begins', async () => {
  await using server = await listenForBatches((id) => ({ status: 200, id: eventOf(id), duplicate: false }));
  const { history } = await drive(server.url, scenarioOf(), { batch: { size: 10, lingerMs: 200 } });
  const marked = history.operations.filter(({ traceId }) => traceId !== null);
  expect(marked.length).toBeGreaterThan(0);
  for (const { traceId, idempotencyKey } of marked) {
    const at = server.traced.indexOf(traceId);
    expect(server.batches[at]?.[0]?.id).toBe(idempotencyKey);
  }
  expect(server.traced.filter((traceId) => traceId !== null)).toHaveLength(marked.length);
});

test('of a batch only what was refused is tried again, together, with the same ids and bodies', async () => {
  const refused = { status: 503, error: { code: 'overloaded', message: '' } };
  const invalid = { status: 400, error: { code: 'invalid_event', message: '' } };
  await using server = await listenForBatches((id, times) => {
    if (eventOf(id) % 10 === 9) return invalid;
    return eventOf(id) % 2 === 0 && times === 1 ? refused : { status: 200, id: eventOf(id), duplicate: false };
  });
  const { history, summary } = await drive(server.url, scenarioOf(), { batch: { size: 10, lingerMs: 200 }, retry: defaultRetries(3) });
  expect(history.complete).toBe(true);
  expect(summary).toMatchObject({ operations: 200, ok: 180, failed: 120, inFlight: 0 });
  const byEvent = Map.groupBy(history.operations, ({ event }) => event);
  const ends = (of: (event: number) => boolean): Operation[][] =>
    [...byEvent].filter(([event]) => of(event)).map(([, operations]) => operations);
  for (const operations of ends((event) => event % 2 === 0)) {
    const [first] = operations;
    const { idempotencyKey, bodySha256 } = first as Operation;
    expect(operations).toMatchObject([
      { outcome: 'failed', code: 'overloaded', status: 503 },
      { outcome: 'ok', attempt: 2, idempotencyKey, bodySha256 },
    ]);
  }
  for (const operations of ends((event) => event % 10 === 9))
    expect(operations).toMatchObject([{ outcome: 'failed', code: 'invalid_event' }]);
  for (const operations of ends((event) => event % 2 === 1 && event % 10 !== 9)) expect(operations).toMatchObject([{ outcome: 'ok' }]);
  const repeats = server.batches.filter((batch) => batch.every(({ id }) => eventOf(id) % 2 === 0));
  expect(Math.max(...repeats.map(({ length }) => length))).toBe(5);
});

test('a batch that is refused whole comes again whole', async () => {
  const seen = new Map<string, number>();
  await using server = await listen(async (request, response) => {
    const text = await bodyOf(request);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times === 1) return reply(response, 503, { error: { code: 'overloaded', message: '' } }, { 'retry-after': '1' });
    reply(response, 200, { results: (JSON.parse(text) as BatchEvent[]).map(() => ({ status: 200, id: 1, duplicate: false })) });
  });
  const { history } = await drive(server.url, scenarioOf(), { batch: { size: 10, lingerMs: 200 }, retry: defaultRetries(3) });
  expect(new Set(seen.values())).toEqual(new Set([2]));
  const byEvent = Map.groupBy(history.operations, ({ event }) => event);
  expect(byEvent.size).toBe(200);
  for (const [first, second] of byEvent.values()) {
    expect([first?.outcome, second?.outcome]).toEqual(['failed', 'ok']);
    expect(second?.intendedAt ?? 0).toBeGreaterThanOrEqual((first?.doneAt ?? 0) + 1000);
  }
});

test('an answer that leaves events out leaves all of its batch in doubt', async () => {
  await using server = await listen(async (request, response) => {
    await bodyOf(request);
    reply(response, 200, { results: [] });
  });
  const { history } = await drive(server.url, scenarioOf({}, 0.2), { batch: { size: 40, lingerMs: 100 } });
  expect(history.operations).toHaveLength(40);
  for (const operation of history.operations)
    expect(operation).toMatchObject({ outcome: 'unknown', code: 'client_element_missing', status: null });
});
