// Both doors as they run, keys required, under requests made from their own OpenAPI: never a 5xx, never the end of a process, each answer with a stable code, and the log
// has exactly what was answered 200. Afterwards nothing that any of them said or exported holds a key.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { expect, test } from 'vitest';
import { errorCodes } from '../contract/error-codes.ts';
import { type MadeRequest, type OpenApiDocument, requestsOf } from '../contract/openapi-requests/testing.ts';
import { createTestDatabase } from '../storage/postgres/testing.ts';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { startOtlpReceiver } from '../telemetry/testing.ts';
import { readLog } from './testing.ts';

const programOf = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

const startProcess = async (name: string, environment: Record<string, string>) => {
  const child = spawn(process.execPath, [programOf(name)], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = readLog(child, [child.stdout, child.stderr]);
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    child.kill('SIGKILL');
    await log.closed;
  });
  const ready = await log.line('faultline.process.ready');
  const owned = undo.move();
  return {
    url: ready.attributes['address'] as string,
    lines: log.said,
    stop: async () => {
      child.kill('SIGTERM');
      return (await log.closed).code;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const start = async () => {
  await using undo = new AsyncDisposableStack();
  const database = undo.use(await createTestDatabase());
  const receiver = undo.use(await startOtlpReceiver());
  const environment = {
    DATABASE_URL: database.url,
    FAULTLINE_API_KEYS: 'required',
    FAULTLINE_TRACES_PER_SECOND: '100000',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    OTEL_METRIC_EXPORT_TIMEOUT: '500',
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
  };
  const ingest = undo.use(await startProcess('ingest', environment));
  const query = undo.use(await startProcess('query', environment));
  const create = ['keys', 'create', '--scopes', 'ingest,read,operate', '--name', 'hostile', '--why', 'a test'];
  const { stdout: key } = await execa(process.execPath, [programOf('ops'), ...create], { env: { DATABASE_URL: database.url } });
  const pool = undo.adopt(createTestPool(database.url), (opened) => opened.end());
  const dispatcher = undo.adopt(new Agent({ connections: 20 }), (agent) => agent.close());
  const owned = undo.move();
  return { ingest, query, key, pool, receiver, dispatcher, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

type Body = {
  readonly error?: { readonly code: string; readonly message: string };
  readonly results?: readonly (Body & { readonly status: number })[];
  readonly duplicate?: boolean;
};

/** What is wrong with an answer; null: nothing. */
const problemOf = (status: number, type: string, text: string): string | null => {
  if (status === 200 && type.startsWith('text/html')) return null;
  if (status === 204) return text === '' ? null : 'a body with 204';
  if (!type.startsWith('application/json')) return `an answer of type '${type}'`;
  const { error } = JSON.parse(text) as Body;
  if (status >= 200 && status < 300) return error === undefined ? null : 'an error with 2xx';
  const known = Object.entries(errorCodes).find(([code]) => code === error?.code)?.[1];
  return status < 500 && known?.status === status && error?.message !== '' ? null : `code ${error?.code} with ${status}`;
};

/** Events that an answer says were appended just now. */
const appendedBy = (path: string, status: number, text: string): number => {
  if (status !== 200 || !path.startsWith('/events')) return 0;
  const body = JSON.parse(text) as Body;
  const items = body.results ?? [{ ...body, status }];
  return items.filter((item) => item.status === 200 && item.duplicate === false).length;
};

const seed = 20261126;
const numRuns = 400;

test(`${numRuns} hostile requests to each door leave both as they were`, async () => {
  await using doors = await start();
  const secret = doors.key.slice(-43);
  const keys = fc.oneof(
    { weight: 8, arbitrary: fc.constant(doors.key) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'nonsense', `${doors.key}x`, doors.key.slice(0, -1), `${doors.key}, ${doors.key}`, 'x'.repeat(5000)),
    },
  );
  const headers = fc
    .tuple(keys, fc.constantFrom('Bearer', 'bearer', 'Basic', 'Digest'))
    .map(([key, scheme]) => ({ authorization: `${key === doors.key ? 'Bearer' : scheme} ${key}` }));
  const statuses = new Map<string, number>();
  let appended = 0;

  const send = async (url: string, made: MadeRequest): Promise<string | null> => {
    const { method, path, body } = made;
    const answer = await request(`${url}${path}`, {
      method: method as 'GET',
      headers: { ...made.headers },
      body,
      dispatcher: doors.dispatcher,
    });
    const text = await answer.body.text();
    statuses.set(String(answer.statusCode), (statuses.get(String(answer.statusCode)) ?? 0) + 1);
    appended += method === 'POST' && url === doors.ingest.url ? appendedBy(path, answer.statusCode, text) : 0;
    if (text.includes(secret)) return 'the key is in the answer';
    return problemOf(answer.statusCode, String(answer.headers['content-type'] ?? ''), text);
  };

  for (const { url } of [doors.ingest, doors.query]) {
    const whole = (await (await request(`${url}/openapi.json`)).body.json()) as OpenApiDocument;
    // A stream of events has no end that could be waited for.
    const paths = Object.fromEntries(Object.entries(whole.paths).filter(([path]) => !path.endsWith('/stream')));
    const document = { ...whole, paths };
    await fc.assert(
      fc.asyncProperty(requestsOf(document, headers), async (made) => {
        expect([made.method, made.path.slice(0, 200), await send(url, made)]).toEqual([made.method, made.path.slice(0, 200), null]);
      }),
      { numRuns, seed, endOnFailure: true },
    );
  }

  const { rows } = await doors.pool.query<{ events: number; odd: number }>(
    `select count(*)::int as events, count(*) filter (where tenant <> 'default')::int as odd from log`,
  );
  expect(rows).toEqual([{ events: appended, odd: 0 }]);
  // It would prove nothing if all were refused for one reason.
  expect(appended).toBeGreaterThan(10);
  for (const [status, least] of [
    ['200', 60],
    ['400', 100],
    ['401', 20],
  ] as const)
    expect([status, (statuses.get(status) ?? 0) >= least]).toEqual([status, true]);

  expect([await doors.ingest.stop(), await doors.query.stop()]).toEqual([0, 0]);
  const { points, spans, logs } = doors.receiver;
  const exported = JSON.stringify({ points, spans, logs });
  // What was exported is there to be looked at.
  expect([points.length > 0, spans.length > 100, logs.length > 10]).toEqual([true, true, true]);
  for (const text of [exported, doors.ingest.lines.join('\n'), doors.query.lines.join('\n')]) expect(text.includes(secret)).toBe(false);
  for (const line of [...doors.ingest.lines, ...doors.query.lines]) expect(line).not.toMatch(/"severity_text":"(?:ERROR|FATAL)"/);
}, 180_000);
