// The producer of faultline/client before the real ingest, which is killed, stopped and cut off from its database meanwhile.
import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProducer, type EventBody, type Producer, type ProducerOptions } from '../client/client.ts';
import { createTestDatabase, type TestDatabase } from '../storage/postgres/testing.ts';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { startIngest } from './testing.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createTestPool(database.url);
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const event = (more: Partial<EventBody>): EventBody => ({
  system_name: 'shop',
  object_id: 'order-1',
  event_name: 'placed',
  event_time: '2026-01-01T00:00:00Z',
  metadata: { text: 'Grüße, 世界' },
  ...more,
});

type Row = { readonly idempotency_key: string; readonly object_id: string; readonly lane: number; readonly id: string };

const logOf = async (system: string): Promise<readonly Row[]> =>
  (await pool.query<Row>('select idempotency_key, object_id, lane, id from log where system_name = $1 order by lane, position', [system]))
    .rows;

const untilAccepted = async (producer: Producer, count: number): Promise<void> => {
  await expect.poll(() => producer.stats().accepted, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(count);
};

test('killed, restarted, stopped and cut off in the middle: every event is accepted, and is in the log once, in the order of its key', async () => {
  let ingest = startIngest(database.url, {});
  const { address } = await ingest.ready();
  const restart = async () => {
    ingest = startIngest(database.url, { FAULTLINE_PORT: new URL(address).port });
    await ingest.ready();
  };
  const options: ProducerOptions = {
    url: address,
    maxBatchEvents: 40,
    retryBackoffMs: 20,
    retryBackoffMaxMs: 200,
    maxBufferBytes: 1_100_000,
  };
  await using producer = createProducer(options);
  const keys = 60;
  const answers: Promise<{ readonly id: number; readonly idempotency_key: string | null }>[] = [];
  const sendAll = async () => {
    for (let number = 0; number < 3000; number += 1) {
      await producer.ready();
      answers.push(producer.send(event({ system_name: 'restarts', object_id: `o-${number % keys}`, id: `r-${number}` })));
    }
  };
  const sent = sendAll();
  await untilAccepted(producer, 300);
  ingest.child.kill('SIGKILL');
  await ingest.closed;
  // It is missed: nothing of this passes by itself.
  await expect.poll(() => producer.stats().requestsFailed, { timeout: 10_000 }).toBeGreaterThan(2);
  await restart();
  await untilAccepted(producer, 1000);
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'faultline-ingest%' and datname = current_database()`,
  );
  await untilAccepted(producer, 1700);
  ingest.child.kill('SIGTERM');
  await ingest.closed;
  await restart();
  await sent;
  await producer.flush();
  const accepted = await Promise.all(answers);

  const rows = await logOf('restarts');
  expect(rows).toHaveLength(3000);
  expect(new Map(rows.map((row) => [row.idempotency_key, Number(row.id)]))).toEqual(
    new Map(accepted.map(({ id, idempotency_key: key }) => [key, id])),
  );
  for (const [key, own] of Map.groupBy(rows, (row) => row.object_id)) {
    const numbers = own.map((row) => Number(row.idempotency_key.slice(2)));
    expect(numbers, key).toEqual(numbers.toSorted((a, b) => a - b));
  }
  expect(producer.stats()).toMatchObject({ sent: 3000, accepted: 3000, unsettled: 0, failed: {}, bufferedBytes: 0 });
  expect(producer.stats().retries).toBeGreaterThan(0);
  await ingest[Symbol.asyncDispose]();
});

test('each event gets its own answer, a refusal with the code of the system, and a conflict is told', async () => {
  await using ingest = startIngest(database.url, { FAULTLINE_BATCH_LIMIT_EVENTS: '3' });
  await using producer = createProducer({ url: (await ingest.ready()).address });
  const system = { system_name: 'answers' };
  const results = await Promise.allSettled([
    producer.send(event({ ...system, object_id: 'a', id: 'one' })),
    producer.send(event({ ...system, object_id: 'b', event_name: '' })),
    producer.send(event({ ...system, object_id: 'c', metadata: { text: '\u0000' } })),
    producer.send(event({ ...system, object_id: 'd', event_time: 'yesterday' })),
    producer.send(event({ ...system, object_id: 'a', id: 'one' })),
    producer.send(event({ ...system, object_id: 'a', id: 'one', event_name: 'other' })),
  ]);
  expect(results).toMatchObject([
    { value: { duplicate: false, event_time_source: 'client', idempotency_key: 'one' } },
    { reason: { code: 'invalid_event', outcome: 'definite', status: 400, retryable: false } },
    { reason: { code: 'hostile_text', outcome: 'definite' } },
    { value: { event_time_source: 'receipt' } },
    { value: { duplicate: true } },
    { reason: { code: 'idempotency_conflict', outcome: 'definite', status: 409 } },
  ]);
  expect(await logOf('answers')).toHaveLength(2);
});

test('an event whose trace is sampled carries it into the log', async () => {
  // It traces where there is someone to tell; nobody is at this address, and nothing has to be.
  await using ingest = startIngest(database.url, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  await using producer = createProducer({ url: (await ingest.ready()).address });
  const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED };
  // Without an SDK there is no context manager: the one active context is what this says.
  const active = trace.setSpanContext(ROOT_CONTEXT, span);
  context.setGlobalContextManager({
    active: () => active,
    with: (_context, run, self, ...given) => run.call(self as never, ...given),
    bind: (_context, target) => target,
    enable: () => null as never,
    disable: () => null as never,
  });
  try {
    await producer.send(event({ system_name: 'traced', id: 'traced' }));
  } finally {
    context.disable();
  }
  const { rows } = await pool.query<{ traceparent: string }>(`select traceparent from log where system_name = 'traced'`);
  // Its trace: the span is the ingest's own, which is a child of ours.
  expect(rows).toEqual([{ traceparent: expect.stringContaining(span.traceId) as string }]);
});

test('a producer that is idle keeps no process alive, and one that was not closed sends what it has', async () => {
  await using ingest = startIngest(database.url, {});
  const { address } = await ingest.ready();
  const { execa } = await import('execa');
  const client = new URL('../client/client.ts', import.meta.url).href;
  const program = `import { createProducer } from '${client}';
    const producer = createProducer({ url: '${address}', lingerMs: 50 });
    producer.send(${JSON.stringify(event({ system_name: 'idle', id: 'last' }))}).then(({ id }) => console.log(id));`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 });
  const rows = await logOf('idle');
  expect(rows.map(({ id }) => id)).toEqual([stdout]);
});
