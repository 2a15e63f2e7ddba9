import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Operation } from '../../history/operation.ts';
import { planTraffic } from '../../traffic/plan-traffic.ts';
import type { TrafficSource } from '../../traffic/plan-events.ts';
import { createRequestMaker } from '../request-maker.ts';
import type { Dialect } from '../dialect.ts';
import { deliveryScript } from './delivery-script.ts';
import { createKeeper } from './keep-deliveries.ts';
import { readDelivery } from './read-delivery.ts';
import { writeDeliveries } from './write-deliveries.ts';

const source: TrafficSource = {
  name: 'test',
  phases: [{ name: 'only', kind: 'steady', seconds: 1, ratePerSecond: 50 }],
  traffic: { arrivals: 'poisson', keys: { kind: 'uniform', count: 10 } },
};
const plan = planTraffic(source, 1);
const script = {
  origin: 'http://127.0.0.1:1',
  deliveries: 500,
  lastMs: 1999.5,
  timeoutMs: 2500,
  users: 40,
  gateUrl: 'http://127.0.0.1:2/',
  script: null,
};
const optionsOf = (text: string): { readonly scenarios: { readonly deliveries: Readonly<Record<string, unknown>> } } =>
  JSON.parse(/options = Object\.assign\(\{\}, ownOptions, (\{.*\})\);/.exec(text)?.[1] ?? '') as ReturnType<typeof optionsOf>;

test('every delivery is an iteration that virtual users take in turn, so that none is dropped for its time', () => {
  expect(optionsOf(deliveryScript(script)).scenarios.deliveries).toEqual({
    executor: 'shared-iterations',
    vus: 40,
    iterations: 500,
    maxDuration: '32s',
    gracefulStop: '2500ms',
  });
});

test('k6 takes no more users than there are deliveries', () => {
  expect(optionsOf(deliveryScript({ ...script, deliveries: 3 })).scenarios.deliveries['vus']).toBe(3);
});

test('a script of the user’s own is loaded from where it is, and sends', () => {
  const text = deliveryScript({ ...script, script: '/my scripts/checkout.js' });
  expect(text).toContain("import * as own from 'file:///my%20scripts/checkout.js';");
  expect(text).toContain('const send = own.default;');
  expect(deliveryScript(script)).toContain('const send = ({ url, headers, body, timeout }) => http.post(');
});

test('the deliveries have the times and, byte for byte, the requests of the plan', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-deliveries-'));
  try {
    const makeRequest = createRequestMaker({ url: 'http://127.0.0.1:1/events', seed: 1 }, {});
    const notText = Buffer.from([0x7b, 0xff, 0x7d]);
    const make: typeof makeRequest = (planned) => (planned.op === 1 ? { ...makeRequest(planned), body: notText } : makeRequest(planned));
    const { sent } = await writeDeliveries(folder, { ...script, plan, makeRequest: make });
    const written = JSON.parse(await readFile(join(folder, 'deliveries.json'), 'utf8')) as readonly Record<string, unknown>[];
    expect(written.map(({ at }) => at)).toEqual(plan.operations.map(({ intendedAtMs }) => intendedAtMs));
    const [first] = plan.operations;
    const { body, bodySha256 } = makeRequest(first as (typeof plan.operations)[number]);
    expect(written[0]).toMatchObject({
      path: '/events',
      headers: { 'content-type': 'application/json' },
      body: body.toString(),
      isBase64: false,
    });
    expect(sent[0]).toEqual({ bodySha256, bodyBytes: body.length });
    expect(written[1]).toMatchObject({ body: notText.toString('base64'), isBase64: true });
    await expect(writeDeliveries(folder, { ...script, plan: { ...plan, operations: [] }, makeRequest })).rejects.toThrow(/and not 0/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const line = (value: number, metadata: Record<string, string>, metric = 'faultline_delivery'): string =>
  `{"metric":"${metric}","type":"Point","data":${JSON.stringify({ time: '2026-01-01T00:00:00Z', value, tags: {}, metadata })}}`;

const answered = { op: '0', startedAt: '1000', status: '200', errorCode: '0', retryAfter: '', answer: '{"id":7,"duplicate":false}' };

test('an answer is read with its body and its Retry-After', () => {
  expect(readDelivery(line(12, answered))).toMatchObject({ op: 0, tookMs: 12, reply: { kind: 'answer', status: 200, retryAfter: null } });
  expect(readDelivery(line(12, { ...answered, status: '503', retryAfter: '2' }))).toMatchObject({
    reply: { status: 503, retryAfter: '2' },
  });
});

test('no answer is known by k6’s own number, and a script that gave nothing back is in doubt', () => {
  const silent = { op: '0', startedAt: '1000', status: '0' };
  expect(readDelivery(line(1, { ...silent, errorCode: '1212' }))).toMatchObject({ reply: { kind: 'error', anythingSent: false } });
  expect(readDelivery(line(1, { ...silent, errorCode: '1050' }))).toMatchObject({
    reply: { anythingSent: true, error: { code: 'FAULTLINE_TIMEOUT' } },
  });
  expect(readDelivery(line(1, { op: '0', startedAt: '1000' }))).toMatchObject({
    reply: { anythingSent: true, error: { code: 'k6_script' } },
  });
});

test('what is not about deliveries is passed over', () => {
  expect(readDelivery(line(1, {}, 'http_reqs'))).toBeNull();
  expect(readDelivery('{"type":"Metric","data":{"name":"faultline_delivery"},"metric":"faultline_delivery"}')).toBeNull();
  expect(readDelivery('running (1m)')).toBeNull();
  expect(readDelivery(line(3, {}, 'dropped_iterations'))).toEqual({ kind: 'dropped', count: 3 });
});

type Kept = { keeper: ReturnType<typeof createKeeper>; operations: Operation[]; lateness: number[]; unreadable: string[] };

const keep = (dialect: Dialect = {}): Kept => {
  const [operations, lateness, unreadable] = [[] as Operation[], [] as number[], [] as string[]];
  const keeper = createKeeper({
    plan,
    sent: plan.operations.map(({ op }) => ({ bodySha256: `sha-${op}`, bodyBytes: 9 })),
    zeroAt: 1000,
    dialect,
    definiteRefusals: ['overloaded'],
    history: { add: (operation) => void operations.push(operation) },
    tally: { handed: (late) => void lateness.push(late), ended: () => {}, unreadable: (message) => void unreadable.push(message) },
  });
  return { keeper, operations, lateness, unreadable };
};
const [first, second] = plan.operations as unknown as [(typeof plan.operations)[number], (typeof plan.operations)[number]];

test('a delivery becomes an operation with the time that was planned and its own; its end is at the end of its millisecond', () => {
  const { keeper, operations, lateness } = keep();
  const startedAt = 1000 + Math.ceil(first.intendedAtMs) + 20;
  keeper.hear(line(30, { ...answered, startedAt: String(startedAt) }));
  const handedAt = startedAt - 1000;
  expect(operations).toMatchObject([
    { op: 0, intendedAt: first.intendedAtMs, handedAt, doneAt: handedAt + 31, outcome: 'ok', status: 200, id: 7, bodySha256: 'sha-0' },
  ]);
  expect(lateness).toEqual([handedAt - first.intendedAtMs]);
});

test('nobody is early: a clock of whole milliseconds may say so', () => {
  const { keeper, operations } = keep();
  keeper.hear(line(0, { ...answered, op: '1', startedAt: String(1000 + Math.floor(second.intendedAtMs)) }));
  expect(operations[0]?.handedAt).toBe(second.intendedAtMs);
  expect(operations[0]?.doneAt).toBeGreaterThanOrEqual(second.intendedAtMs);
});

test('what k6 began and did not end is in doubt; what it dropped was never sent, and is in no history', () => {
  const { keeper, operations } = keep();
  keeper.hear(line(30, answered));
  keeper.hear(line(plan.operations.length - 3, {}, 'dropped_iterations'));
  keeper.end(1_002_000);
  expect(operations).toMatchObject([
    { op: 0, outcome: 'ok' },
    { op: 1, outcome: 'unknown', code: 'client_k6_unfinished', status: null },
    { op: 2, outcome: 'unknown', code: 'client_k6_unfinished' },
  ]);
  for (const { intendedAt, handedAt, doneAt } of operations) expect(doneAt >= handedAt && handedAt >= intendedAt).toBe(true);
});

test('one that k6 tells twice, and one that the plan does not know, are not counted', () => {
  const { keeper, operations } = keep();
  for (const op of ['0', '0', '9999']) keeper.hear(line(30, { ...answered, op }));
  expect(operations).toHaveLength(1);
});

test('an answer that the target’s own code can’t read is an operation all the same, in doubt, and told', () => {
  const { keeper, operations, unreadable } = keep({ answer: ({ body }) => JSON.parse(body) });
  keeper.hear(line(30, { ...answered, answer: '<html>' }));
  expect(operations).toMatchObject([{ op: 0, outcome: 'unknown', status: 200, code: 'client_answer_unreadable' }]);
  expect(unreadable).toEqual([expect.stringContaining('send.answer of the target file could not read an answer (status 200)')]);
});
