import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { planScenario } from '../../engine/plan.ts';
import { type History, readHistory } from '../../history/read-history.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { DriverChild } from '../start-driver.ts';
import { driverFile, type HttpDriver, type HttpDriverOptions, startHttpDriver } from './driver.ts';
import type { DriverProgress, DriverSummary } from '../progress.ts';
import { defaultRetries } from './retry-policy.ts';
import { startHttpDrivers } from './several.ts';
import { scenarioOf } from '../testing.ts';
import { bodyOf, listen, reply } from './testing.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-driver-'));
afterAll(() => rm(folder, { recursive: true }));

let runs = 0;
const start = (url: string, scenario = scenarioOf(), options: Partial<HttpDriverOptions> = {}): Promise<HttpDriver> => {
  const { plan, source } = planScenario(scenario, 1);
  return startHttpDriver({ source, seed: 1, digest: plan.digest, url, historyFile: join(folder, `${(runs += 1)}.ndjson`), ...options });
};
const drive = async (
  url: string,
  scenario?: Scenario,
  options: Partial<HttpDriverOptions> = {},
): Promise<{ summary: DriverSummary; history: History }> => {
  await using driver = await start(url, scenario, options);
  driver.go(Date.now() + 100);
  const summary = await driver.done;
  return { summary, history: await readHistory(join(folder, `${runs}.ndjson`)) };
};

test('sends every planned operation at its time, and writes what came of it', async () => {
  const bodies: string[] = [];
  let traced = 0;
  await using server = await listen(async (request, response) => {
    bodies.push(await bodyOf(request));
    if (request.headers['traceparent'] !== undefined) traced += 1;
    reply(response, 200, { id: bodies.length, duplicate: false });
  });
  const heard: DriverProgress[] = [];
  const { summary, history } = await drive(server.url, scenarioOf(), { onProgress: (progress) => heard.push(progress) });
  expect(summary).toMatchObject({
    operations: 200,
    done: 200,
    ok: 200,
    inFlight: 0,
    phases: [{ phase: 'only', ok: 200, latencyMs: { p50: expect.any(Number) } }],
  });
  expect(history).toMatchObject({ complete: true, header: { scenario: 'test', seed: 1 } });
  expect(history.operations.map(({ op }) => op).toSorted((left, right) => left - right)).toEqual(
    Array.from({ length: 200 }, (_unused, op) => op),
  );
  for (const { handedAt, intendedAt, doneAt } of history.operations) {
    expect(handedAt).toBeGreaterThanOrEqual(intendedAt);
    expect(doneAt).toBeGreaterThan(handedAt);
  }
  expect(new Set(bodies.map((body) => JSON.parse(body).id)).size).toBe(200);
  expect(traced).toBe(history.operations.filter(({ traceId }) => traceId !== null).length);
  expect(heard.length).toBeGreaterThan(0);
});

test('writes refusals, doubts and resets for what they are', async () => {
  await using server = await listen(async (request, response) => {
    const { id } = JSON.parse(await bodyOf(request)) as { id: string };
    const event = Number(id.split('-').at(-1));
    if (event % 5 === 0) reply(response, 503, { error: { code: 'overloaded', message: '' } }, { 'retry-after': '2' });
    else if (event % 5 === 1) reply(response, 503, { error: { code: 'commit_unknown', message: '' } });
    else if (event % 5 === 2) request.socket.destroy();
    else if (event % 5 === 3) reply(response, 200, { id: event, duplicate: true });
    else response.writeHead(200).end('not json');
  });
  const { history } = await drive(server.url);
  const byKind = (kind: number) => history.operations.filter(({ event }) => event % 5 === kind);
  for (const operation of byKind(0))
    expect(operation).toMatchObject({ outcome: 'failed', status: 503, code: 'overloaded', retryAfterSeconds: 2, id: null });
  for (const operation of byKind(1)) expect(operation).toMatchObject({ outcome: 'unknown', status: 503, code: 'commit_unknown' });
  for (const operation of byKind(2)) expect(operation).toMatchObject({ outcome: 'unknown', status: null, code: 'client_connection_reset' });
  for (const operation of byKind(3)) expect(operation).toMatchObject({ outcome: 'ok', status: 200, id: operation.event, duplicate: true });
  for (const operation of byKind(4)) expect(operation).toMatchObject({ outcome: 'ok', status: 200, id: null, duplicate: null });
});

test('a port that nobody listens on is a definite failure: nothing was sent', async () => {
  const { summary, history } = await drive('http://127.0.0.1:1/events');
  expect(summary).toMatchObject({ failed: 200, unknown: 0 });
  expect(new Set(history.operations.map(({ code }) => code))).toEqual(new Set(['client_connection_refused']));
});

test('a server that never answers does not slow the arrivals down; what was sent is in doubt, what still waited was never sent', async () => {
  await using server = await listen(() => {});
  const { history } = await drive(server.url, scenarioOf(), { timeoutMs: 500, connections: 4 });
  expect(history.operations).toHaveLength(200);
  const sent = history.operations.filter(({ outcome }) => outcome === 'unknown');
  expect(sent.length).toBeGreaterThanOrEqual(4);
  for (const { code, doneAt, handedAt } of history.operations) {
    expect(code).toBe('client_timeout');
    expect(doneAt - handedAt).toBeGreaterThanOrEqual(499);
  }
  expect(history.operations.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThan(0);
});

test('an oversized body and its refusal are both on record', async () => {
  await using server = await listen(async (request, response) => {
    const body = await bodyOf(request);
    if (body.length > 1_048_576) reply(response, 413, { error: { code: 'payload_too_large', message: '' } });
    else reply(response, 200, { id: 1, duplicate: false });
  });
  const { history } = await drive(server.url, scenarioOf({ poison: { share: 0.05, kinds: ['oversized', 'handler-throws'] } }));
  const oversized = history.operations.filter(({ poison }) => poison === 'oversized');
  expect(oversized.length).toBeGreaterThan(0);
  for (const operation of oversized)
    expect(operation).toMatchObject({ status: 413, outcome: 'failed', expected: { status: 413, code: 'payload_too_large' } });
});

test('a driver that plans other traffic than the harness refuses to start', async () => {
  await expect(start('http://127.0.0.1:1/events', scenarioOf(), { digest: 'another' })).rejects.toMatchObject({
    code: 'FL_DRIVER_FAILED',
    message: expect.stringContaining('other traffic'),
  });
});

test('a history that can not be written fails the run', async () => {
  await using driver = await start('http://127.0.0.1:1/events', scenarioOf(), { historyFile: join(folder, 'no', 'such', 'folder') });
  driver.go(Date.now());
  await expect(driver.done).rejects.toMatchObject({ code: 'FL_DRIVER_FAILED' });
});

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a driver that is killed leaves a history that is not whole', async () => {
  await using server = await listen((_request, response) => reply(response, 200, { id: 1, duplicate: false }));
  const progress = Promise.withResolvers<void>();
  await using driver = await start(server.url, scenarioOf({}, 30), { onProgress: () => progress.resolve() });
  driver.go(Date.now());
  await progress.promise;
  process.kill(driver.pid, 'SIGKILL');
  await expect(driver.done).rejects.toMatchObject({ code: 'FL_DRIVER_FAILED' });
  expect((await readHistory(join(folder, `${runs}.ndjson`))).complete).toBe(false);
});

test('disposing ends the process, stopped or not', async () => {
  const driver = await start('http://127.0.0.1:1/events', scenarioOf({}, 30));
  process.kill(driver.pid, 'SIGSTOP');
  await driver[Symbol.asyncDispose]();
  expect(isRunning(driver.pid)).toBe(false);
});

test('when the harness is gone, and its end of the pipe with it, the driver ends by itself', async () => {
  await using server = await listen((_request, response) => reply(response, 200, { id: 1, duplicate: false }));
  const harnessEnd = spawn(process.execPath, [driverFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(harnessEnd, 'exit');
  const child: DriverChild = {
    pid: harnessEnd.pid!,
    stdin: harnessEnd.stdin,
    stdout: harnessEnd.stdout,
    exited: exited.then(([code, signal]) => ({ code, signal })),
    kill: () => void harnessEnd.kill('SIGKILL'),
  };
  const driver = await start(server.url, scenarioOf({}, 30), { spawn: () => child });
  driver.go(Date.now());
  harnessEnd.stdin.destroy();
  expect((await exited)[0]).toBe(1);
  await expect(driver.done).rejects.toMatchObject({ code: 'FL_DRIVER_FAILED' });
});

test('a target file says how its events are sent and what its answers mean', async () => {
  const targetFile = join(folder, 'own-target.mjs');
  await writeFile(
    targetFile,
    `export default { send: {
      request: ({ objectId, idempotencyKey }) => ({ path: '/orders/' + objectId, headers: { 'x-key': idempotencyKey }, body: idempotencyKey }),
      answer: ({ body }) => ({ id: Number(body), duplicate: null, code: null }),
    } };`,
  );
  const seen: { readonly path: string; readonly key: unknown; readonly body: string }[] = [];
  await using server = await listen(async (request, response) => {
    seen.push({ path: request.url ?? '', key: request.headers['x-key'], body: await bodyOf(request) });
    response.end(String(seen.length));
  });
  const { history } = await drive(server.url, scenarioOf({}, 0.2), { targetFile });
  expect(history.operations).toHaveLength(40);
  for (const { path, key, body } of seen) expect([path, body]).toEqual([expect.stringMatching(/^\/orders\/order-\d+$/), key]);
  expect(new Set(history.operations.map(({ id }) => id)).size).toBe(40);
});

test.each([1, 2])('an answer that the target file can’t read ends its operation, and is told (by %i processes)', async (processes) => {
  const targetFile = join(folder, 'no-reader.mjs');
  await writeFile(
    targetFile,
    'export default { send: { answer: ({ body }) => ({ id: JSON.parse(body).id, duplicate: null, code: null }) } };',
  );
  await using server = await listen(async (request, response) => {
    const { id } = JSON.parse(await bodyOf(request)) as { id: string };
    const event = Number(id.split('-').at(-1));
    if (event % 2 === 0) response.writeHead(event % 4 === 0 ? 200 : 400).end('<html>');
    else reply(response, 200, { id: event });
  });
  const { plan, source } = planScenario(scenarioOf({}, 0.2), 1);
  const historyFile = join(folder, `unreadable-${processes}.ndjson`);
  const options = { source, seed: 1, digest: plan.digest, url: server.url, historyFile, targetFile };
  await using drivers = await startHttpDrivers({ processes, ...options });
  drivers.go(Date.now() + 100);
  const summary = await drivers.done;
  expect(summary).toMatchObject({ operations: 40, ok: 20, unknown: 10, failed: 10, inFlight: 0 });
  expect(summary.unreadable).toMatch(/send\.answer of the target file could not read an answer \(status \d+\): .*JSON/);
  const { operations } = await readHistory(historyFile);
  const unread = { code: 'client_answer_unreadable', id: null };
  for (const operation of operations.filter(({ event }) => event % 4 === 0))
    expect(operation).toMatchObject({ ...unread, outcome: 'unknown', status: 200 });
  for (const operation of operations.filter(({ event }) => event % 4 === 2))
    expect(operation).toMatchObject({ ...unread, outcome: 'failed', status: 400 });
});

test('a client tries again with the same id, and the history has every attempt', async () => {
  const seen = new Map<string, number>();
  await using server = await listen(async (request, response) => {
    const { id } = JSON.parse(await bodyOf(request)) as { id: string };
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    if (times === 1) reply(response, 503, { error: { code: 'overloaded', message: '' } }, { 'retry-after': '1' });
    else reply(response, 200, { id: 1, duplicate: false });
  });
  const { history, summary } = await drive(server.url, scenarioOf(), { retry: defaultRetries(3) });
  expect(history.complete).toBe(true);
  expect(summary).toMatchObject({ operations: 200, ok: 200, failed: 200, inFlight: 0 });
  const byEvent = Map.groupBy(history.operations, ({ event }) => event);
  expect(byEvent.size).toBe(200);
  for (const [first, second, ...more] of byEvent.values()) {
    expect(first).toMatchObject({ outcome: 'failed' });
    expect(first?.attempt).toBeUndefined();
    expect(second).toMatchObject({ outcome: 'ok', attempt: 2, idempotencyKey: first?.idempotencyKey, bodySha256: first?.bodySha256 });
    expect(second?.intendedAt ?? 0).toBeGreaterThanOrEqual((first?.doneAt ?? 0) + 1000);
    expect(more).toEqual([]);
  }
  expect(new Set(history.operations.map(({ op }) => op)).size).toBe(400);
});

test('several processes send the plan once, and their history is one', async () => {
  const ids: string[] = [];
  await using server = await listen(async (request, response) => {
    const { id } = JSON.parse(await bodyOf(request)) as { id: string };
    ids.push(id);
    reply(response, 200, { id: ids.length, duplicate: false });
  });
  const { plan, source } = planScenario(scenarioOf(), 1);
  const historyFile = join(folder, 'several.ndjson');
  const heard: DriverProgress[] = [];
  await using drivers = await startHttpDrivers({
    processes: 3,
    source,
    seed: 1,
    digest: plan.digest,
    url: server.url,
    historyFile,
    onProgress: (progress) => heard.push(progress),
  });
  expect(drivers.plannedOperations).toBe(200);
  expect(new Set(drivers.pids).size).toBe(3);
  drivers.go(Date.now() + 100);
  const summary = await drivers.done;
  expect(summary).toMatchObject({ operations: 200, done: 200, ok: 200, phases: [{ phase: 'only', ok: 200 }] });
  expect(heard.at(-1)).toMatchObject({ ok: 200 });
  const history = await readHistory(historyFile);
  expect(history).toMatchObject({ complete: true, header: { scenario: 'test' } });
  expect(new Set(history.operations.map(({ op }) => op)).size).toBe(200);
  expect(new Set(ids).size).toBe(200);
});

test('one of several that is killed ends the others and fails the run: what they wrote is a history without its end', async () => {
  await using server = await listen((_request, response) => reply(response, 200, { id: 1, duplicate: false }));
  const { plan, source } = planScenario(scenarioOf({}, 20), 1);
  const historyFile = join(folder, 'killed.ndjson');
  await using drivers = await startHttpDrivers({
    processes: 2,
    source,
    seed: 1,
    digest: plan.digest,
    url: server.url,
    historyFile,
  });
  drivers.go(Date.now());
  const linesOf = (part: number): number => readFileSync(`${historyFile}.part-${part}`, 'utf8').split('\n').length;
  await expect.poll(() => Math.min(linesOf(0), linesOf(1))).toBeGreaterThan(5);
  process.kill(drivers.pids[1] ?? 0, 'SIGKILL');
  await expect(drivers.done).rejects.toMatchObject({ code: 'FL_DRIVER_FAILED' });
  const history = await readHistory(historyFile);
  expect(history).toMatchObject({ complete: false, damage: expect.stringContaining('was cut off after'), header: { scenario: 'test' } });
  expect(new Set(history.operations.map(({ op }) => op % 2))).toEqual(new Set([0, 1]));
  expect(existsSync(`${historyFile}.part-0`)).toBe(false);
});

test.each([
  ['a line that was torn as its process died hides', true],
  ['a process that died before it wrote anything hides', false],
])('%s nothing that another wrote', async (_what, hasWritten) => {
  await using server = await listen((_request, response) => reply(response, 200, { id: 1, duplicate: false }));
  const { plan, source } = planScenario(scenarioOf({}, 20), 1);
  const historyFile = join(folder, `torn-${hasWritten}.ndjson`);
  await using drivers = await startHttpDrivers({ processes: 2, source, seed: 1, digest: plan.digest, url: server.url, historyFile });
  const linesOf = (part: number): number => readFileSync(`${historyFile}.part-${part}`, 'utf8').split('\n').length;
  if (!hasWritten) process.kill(drivers.pids[0], 'SIGSTOP');
  drivers.go(Date.now());
  await expect.poll(() => Math.min(hasWritten ? linesOf(0) : Infinity, linesOf(1))).toBeGreaterThan(5);
  process.kill(drivers.pids[0], 'SIGSTOP');
  if (hasWritten) appendFileSync(`${historyFile}.part-0`, '{"op":1,"event"');
  else writeFileSync(`${historyFile}.part-0`, '');
  process.kill(drivers.pids[0], 'SIGKILL');
  await expect(drivers.done).rejects.toMatchObject({ code: 'FL_DRIVER_FAILED' });
  const history = await readHistory(historyFile);
  expect(history).toMatchObject({ damage: expect.stringContaining('was cut off after'), header: { scenario: 'test' } });
  expect(history.operations.filter(({ op }) => op % 2 === 1).length).toBeGreaterThan(3);
});
