import { expect, test } from 'vitest';
import { defaultRetries } from '../drivers/http/retry-policy.ts';
import { systemClock } from '../engine/clock.ts';
import { measurePhases, measureSlices } from './measure.ts';
import type { PhaseResult } from './result.ts';
import { type Answer, jobFor, startTestServer } from './testing.ts';
import { startLoadWorkers, type WorkerJob } from './workers.ts';

const never = new AbortController().signal;

const run = async (job: WorkerJob, processes = 1): Promise<PhaseResult> => {
  await using workers = startLoadWorkers(processes, systemClock);
  const { workers: done } = await workers.run(job, () => {}, never);
  return measurePhases(job.stages, done)[0] as PhaseResult;
};
const serve = async (answer: Answer, job: (origin: string) => WorkerJob, processes = 1): Promise<PhaseResult> => {
  await using server = await startTestServer(answer);
  return await run(job(server.origin), processes);
};

test('several processes send each request once, and are counted together', async () => {
  const bodies: string[] = [];
  const phase = await serve(
    (_request, response, body) => {
      bodies.push(body);
      response.end('ok');
    },
    (origin) => jobFor(origin, 300, 1),
    3,
  );
  expect(phase).toMatchObject({ sent: 300, ok: 300, failed: 0, errorShare: 0 });
  // All that were asked for, but for the moment that the last answers took. One of the three alone has 100.
  expect(phase.throughput).toBeGreaterThan(120);
  expect(phase.throughput).toBeLessThanOrEqual(300);
  expect(new Set(bodies)).toEqual(new Set(Array.from({ length: 300 }, (_, n) => `load-1-${n}`)));
  expect(bodies).toHaveLength(300);
});

test('a server that stops for a while is seen as slow by all who came meanwhile, not by the one that waited', async () => {
  let frozenUntil = Infinity;
  let thawedLateMs = 0;
  const phase = await serve(
    (_request, response) => {
      if (frozenUntil === Infinity) frozenUntil = Date.now() + 1000;
      const answer = () => {
        thawedLateMs = Math.max(thawedLateMs, Date.now() - frozenUntil);
        response.end();
      };
      if (Date.now() < frozenUntil) setTimeout(answer, frozenUntil - Date.now());
      else response.end();
    },
    (origin) => jobFor(origin, 100, 2, { connections: 8 }),
  );
  // Half of the arrivals wait, evenly spread from 1 s down to nothing; eight connections make all but eight of them wait here.
  expect(phase.latencyMs.p90).toBeGreaterThan(700);
  // A busy machine may let the server sleep on, or the generator; then it was frozen for longer.
  expect(phase.latencyMs.p90).toBeLessThan(1200 + 2 * thawedLateMs + (phase.scheduleDelayMs.max ?? 0));
  expect(phase.blockedRatio).toBeGreaterThan(0.3);
});

test('a request that is given up counts with the time waited; a quick refusal does not make the latency look good', async () => {
  const phase = await serve(
    (_request, response, body) => {
      const number = Number(body.split('-').at(-1));
      if (number % 2 === 0) response.writeHead(503).end();
    },
    (origin) => jobFor(origin, 50, 1, { timeoutMs: 2000 }),
  );
  expect(phase).toMatchObject({ sent: 50, ok: 0, errors: { status_503: 25, client_timeout: 25 } });
  expect(phase.latencyMs.p50).toBeGreaterThanOrEqual(1990);
});

test('retries have the same id, come not before Retry-After, and count in the latency', async () => {
  const seen = new Map<string, number[]>();
  const phase = await serve(
    (_request, response, body) => {
      const times = [...(seen.get(body) ?? []), performance.now()];
      seen.set(body, times);
      if (times.length === 1) response.writeHead(503, { 'retry-after': '1' }).end();
      else response.end();
    },
    (origin) => jobFor(origin, 20, 1, { retry: defaultRetries(3) }),
  );
  expect(phase).toMatchObject({ sent: 20, ok: 20, failed: 0, retries: 20 });
  for (const [first = 0, second = 0, ...more] of seen.values()) {
    expect(second - first).toBeGreaterThanOrEqual(990);
    expect(more).toEqual([]);
  }
  expect(phase.latencyMs.p50).toBeGreaterThan(990);
});

test('a Retry-After is read as a date too, and who is to wait longer than a client does gives up', async () => {
  const dates = new Map<string, number>();
  const phase = await serve(
    (_request, response, body) => {
      const number = Number(body.split('-').at(-1));
      if (number % 2 === 0) return void response.writeHead(503, { 'retry-after': number % 4 === 0 ? '3600' : '9999999' }).end();
      if (dates.has(body)) return void response.end();
      // A date has whole seconds.
      dates.set(body, Math.ceil(Date.now() / 1000) * 1000 + 1000);
      response.writeHead(503, { 'retry-after': new Date(dates.get(body) ?? 0).toUTCString() }).end();
    },
    (origin) => jobFor(origin, 20, 1, { retry: defaultRetries(3) }),
  );
  expect(phase).toMatchObject({ sent: 20, ok: 10, failed: 10, retries: 10, errors: { status_503: 10 } });
  expect(phase.latencyMs.max).toBeGreaterThan(990);
  expect(phase.latencyMs.max).toBeLessThan(30_000);
});

test('a method, path and headers of any kind get there', async () => {
  const got: unknown[] = [];
  await serve(
    (request, response) => {
      got.push([request.method, request.url, request.headers['x-key']]);
      response.end();
    },
    (origin) => jobFor(origin, 5, 1, {}, { method: 'DELETE', path: '/things/{{n}}', headers: [['x-key', '{{id}}']], body: null }),
  );
  expect(got).toHaveLength(5);
  expect(got).toContainEqual(['DELETE', '/things/3', 'load-1-3']);
});

test('a generator that was stopped says how late it was', async () => {
  await using server = await startTestServer((_request, response) => void response.end());
  await using workers = startLoadWorkers(1, systemClock);
  const job = jobFor(server.origin, 100, 2);
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const running = workers.run(job, () => resolve(), never);
  await begun;
  // Never 0, which would stop the group of this test.
  const pid = workers.pids[0]!;
  process.kill(pid, 'SIGSTOP');
  await systemClock.sleep(500);
  process.kill(pid, 'SIGCONT');
  const { workers: done } = await running;
  const [phase] = measurePhases(job.stages, done);
  expect(phase?.lateRatio).toBeGreaterThan(0.2);
  expect(phase?.scheduleDelayMs.max).toBeGreaterThan(450);
  // The latency has that delay in it: whoever came then did wait. What the target itself took is told apart.
  expect(phase?.latencyMs.max ?? 0).toBeGreaterThan(450);
  expect(measureSlices(job.stages, done, job.sliceMs).reduce((sum, { sent }) => sum + sent, 0)).toBe(200);
});

test('one set of workers plays one job after the other, and an interruption ends it', async () => {
  await using server = await startTestServer((_request, response) => void response.end());
  await using workers = startLoadWorkers(2, systemClock);
  for (const rate of [20, 40]) {
    const job = jobFor(server.origin, rate, 0.5);
    const { workers: done } = await workers.run(job, () => {}, never);
    expect(measurePhases(job.stages, done)[0]?.ok).toBe(rate / 2);
  }
  const interrupted = AbortSignal.timeout(300);
  await expect(workers.run(jobFor(server.origin, 10, 30), () => {}, interrupted)).rejects.toMatchObject({ code: 'FL_INTERRUPTED' });
});

test('a port that nobody listens on is a run of errors, not a crash', async () => {
  const phase = await run(jobFor('http://127.0.0.1:1', 20, 0.5));
  expect(phase).toMatchObject({ sent: 10, ok: 0, errors: { client_connection_refused: 10 } });
});
