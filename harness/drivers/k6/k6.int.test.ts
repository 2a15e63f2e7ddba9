// k6 itself, where it is: the plan at its times, its samples as our history, its metrics, a script of the user's own.
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { type History, readHistory } from '../../history/read-history.ts';
import { planTraffic } from '../../traffic/plan-traffic.ts';
import type { TrafficSource } from '../../traffic/plan-events.ts';
import type { DriverSummary } from '../progress.ts';
import { startK6Driver, type K6DriverOptions } from './driver.ts';
import { lookForK6 } from './find-k6.ts';
import { k6AsProgram } from './k6-program.ts';
import { spawnK6Plainly } from './spawn-plainly.ts';

const program = lookForK6(process.env);
const folder = await mkdtemp(join(tmpdir(), 'faultline-k6-test-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const source: TrafficSource = {
  name: 'test',
  phases: [
    { name: 'one', kind: 'steady', seconds: 1, ratePerSecond: 50 },
    {
      name: 'two',
      kind: 'steady',
      seconds: 1,
      ratePerSecond: 100,
      shape: { kind: 'spike', toPerSecond: 300, afterSeconds: 0.2, seconds: 0.3 },
    },
  ],
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'uniform', count: 10 },
    duplicates: { share: 0.1, withinMs: 100 },
    poison: { share: 0.1, kinds: ['broken-json', 'hostile-text'] },
  },
};
const plan = planTraffic(source, 1);

const spawn = spawnK6Plainly(folder);

type Answer = { readonly status: number; readonly body: unknown; readonly delayMs?: number };
const listen = async (
  answer: (body: Buffer, headers: Readonly<Record<string, unknown>>, count: number) => Answer,
): Promise<AsyncDisposable & { readonly origin: string; readonly paths: string[] }> => {
  const paths: string[] = [];
  const server = createServer(
    (request, response) =>
      void buffer(request).then((received) => {
        paths.push(request.url ?? '');
        const { status, body, delayMs = 0 } = answer(received, request.headers, paths.length);
        const headers = { 'content-type': 'application/json', 'retry-after': '3' };
        setTimeout(() => response.writeHead(status, headers).end(JSON.stringify(body)), delayMs);
      }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

let runs = 0;
const drive = async (origin: string, more: Partial<K6DriverOptions> = {}): Promise<{ summary: DriverSummary; history: History }> => {
  runs += 1;
  const historyFile = join(folder, `${runs}.ndjson`);
  await using driver = await startK6Driver({
    program: k6AsProgram(program ?? ''),
    folder: join(folder, String(runs)),
    spawn,
    metrics: null,
    signal: new AbortController().signal,
    source,
    plan,
    seed: 1,
    url: `${origin}/events`,
    historyFile,
    timeoutMs: 2000,
    users: 100,
    script: null,
    dialect: {},
    definiteRefusals: ['overloaded'],
    ...more,
  });
  driver.go(Date.now() + 250);
  return { summary: await driver.done, history: await readHistory(historyFile) };
};

test.skipIf(program === null)(
  'k6 sends the plan at its times, byte for byte, and its operations are a history like any other (skipped where there is no k6)',
  async () => {
    const hashes: string[] = [];
    await using server = await listen((body, _headers, count) => {
      hashes.push(hash('sha256', body));
      return count % 10 === 0
        ? { status: 503, body: { error: { code: 'overloaded' } } }
        : { status: 200, body: { id: count, duplicate: false } };
    });
    const told: number[] = [];
    const { summary, history } = await drive(server.origin, { onProgress: ({ done }) => void told.push(done) });
    const planned = plan.operations.length;
    expect(summary).toMatchObject({ operations: planned, done: planned, inFlight: 0, unknown: 0 });
    expect(history).toMatchObject({ complete: true, header: { scenario: 'test' } });
    expect(history.operations.map(({ op }) => op).toSorted((a, b) => a - b)).toEqual(plan.operations.map(({ op }) => op));
    expect(history.operations.map(({ bodySha256 }) => bodySha256).toSorted()).toEqual(hashes.toSorted());
    const refused = history.operations.filter(({ outcome }) => outcome === 'failed');
    expect(refused).toHaveLength(Math.floor(planned / 10));
    expect(refused[0]).toMatchObject({ status: 503, code: 'overloaded', retryAfterSeconds: 3, id: null });
    const late = history.operations.map(({ handedAt, intendedAt }) => handedAt - intendedAt).toSorted((a, b) => a - b);
    expect(late[0]).toBeGreaterThanOrEqual(0);
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(50);
    // More than one was told before the end.
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBe(planned);
  },
);

test.skipIf(program === null)(
  'with too few users nothing is dropped in silence: what waited is late (skipped where there is no k6)',
  async () => {
    await using server = await listen(() => ({ status: 200, body: { id: 1 }, delayMs: 100 }));
    const { summary } = await drive(server.origin, { users: 5 });
    expect(summary).toMatchObject({ done: plan.operations.length, ok: plan.operations.length });
    expect(summary.latenessMaxMs).toBeGreaterThan(1000);
  },
);

test.skipIf(program === null)(
  'who did not answer in time is in doubt, and nobody who listens is none (skipped where there is no k6)',
  async () => {
    await using silent = await listen(() => ({ status: 200, body: {}, delayMs: 60_000 }));
    const slow = await drive(silent.origin, { timeoutMs: 300, users: 200 });
    expect(new Set(slow.history.operations.map(({ outcome, code }) => `${outcome} ${code}`))).toEqual(new Set(['unknown client_timeout']));
    const nobody = await drive('http://127.0.0.1:1');
    expect(new Set(nobody.history.operations.map(({ outcome, code }) => `${outcome} ${code}`))).toEqual(
      new Set(['failed client_connection_refused']),
    );
  },
);

test.skipIf(program === null)('its metrics go to a stack by OTLP, to the path that it has (skipped where there is no k6)', async () => {
  await using stack = await listen(() => ({ status: 200, body: {} }));
  await using server = await listen(() => ({ status: 200, body: { id: 1 } }));
  await drive(server.origin, { metrics: { url: `${stack.origin}/api/v1/otlp/v1/metrics`, headers: { 'x-tenant': 'a' }, attributes: {} } });
  expect(stack.paths.length).toBeGreaterThan(0);
  expect(new Set(stack.paths)).toEqual(new Set(['/api/v1/otlp/v1/metrics']));
});

test.skipIf(program === null)(
  'a script of the user’s own sends each event its own way, with what its setup gave it (skipped where there is no k6)',
  async () => {
    const script = join(folder, 'own script.js');
    await writeFile(
      script,
      `import http from 'k6/http';
export const options = { userAgent: 'mine' };
export const setup = () => ({ token: 'abc' });
export default ({ url, headers, body, timeout }, { token }) => {
  return http.put(url, body, { headers: { ...headers, authorization: token }, timeout });
};
`,
    );
    const seen = new Set<string>();
    await using server = await listen((_body, { authorization, 'user-agent': agent }) => {
      seen.add(`${String(authorization)} ${String(agent)}`);
      return { status: 200, body: { id: 1, duplicate: true } };
    });
    const { history } = await drive(server.origin, { script });
    expect(history.operations).toHaveLength(plan.operations.length);
    expect([...history.operations].every(({ outcome, duplicate }) => outcome === 'ok' && duplicate === true)).toBe(true);
    expect(seen).toEqual(new Set(['abc mine']));
  },
);

test.skipIf(program === null)('a script that throws leaves its event in doubt (skipped where there is no k6)', async () => {
  const script = join(folder, 'throws.js');
  await writeFile(script, "export default () => { throw new Error('mine'); };\n");
  const { history } = await drive('http://127.0.0.1:1', { script });
  expect(history.operations).toHaveLength(plan.operations.length);
  expect(new Set(history.operations.map(({ outcome, code }) => `${outcome} ${code}`))).toEqual(new Set(['unknown client_k6_script']));
});

test.skipIf(program === null)(
  'a script that wants to say when is refused in words before anything is sent (skipped where there is no k6)',
  async () => {
    const script = join(folder, 'when.js');
    await writeFile(script, "export const options = { vus: 3, duration: '1s' };\nexport default () => {};\n");
    await expect(drive('http://127.0.0.1:1', { script })).rejects.toMatchObject({
      code: 'FL_DRIVER_FAILED',
      message: expect.stringContaining('options.vus is not for the script to say') as string,
    });
  },
);

test.skipIf(program === null)('k6 that ends too soon leaves a history without its end (skipped where there is no k6)', async () => {
  await using server = await listen(() => ({ status: 200, body: { id: 1 } }));
  const failed = drive(server.origin, {
    onProgress: ({ done }) => {
      if (done > 10) children.forEach((pid) => process.kill(pid, 'SIGKILL'));
    },
    spawn: async (...call) => {
      const child = await spawn(...call);
      children.push(child.pid);
      return child;
    },
  });
  await expect(failed).rejects.toMatchObject({
    code: 'FL_DRIVER_FAILED',
    message: expect.stringContaining('k6 ended with SIGKILL') as string,
  });
  expect(await readHistory(join(folder, `${runs}.ndjson`))).toMatchObject({ complete: false });
});
const children: number[] = [];

test('a program that is no k6 is said to have failed, with what it said', async () => {
  await expect(drive('http://127.0.0.1:1', { program: k6AsProgram(process.execPath) })).rejects.toMatchObject({
    code: 'FL_DRIVER_FAILED',
    message: expect.stringContaining('Node.js') as string,
  });
});
