import { expect, test, vi } from 'vitest';
import { startTelemetry } from '../telemetry/start-telemetry.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../telemetry/testing.ts';
import { createIngestTelemetry } from './create-ingest-telemetry.ts';

const sampledParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const unsampledParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

const start = (receiver: OtlpReceiver, tracesPerSecond: number, tenantLabels = 20) =>
  startTelemetry({
    process: 'ingest',
    instance: 'ingest-1-abcdef',
    tracesPerSecond,
    tenantLabels,
    write: () => {},
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRIC_EXPORT_INTERVAL: '5000', OTEL_BSP_SCHEDULE_DELAY: '20' },
  });

test("a sampled request leads from its caller to the producer's span, whose context goes with the event", async () => {
  await using receiver = await startOtlpReceiver();
  const telemetry = await start(receiver, 0);
  const trace = createIngestTelemetry(telemetry, Date.now).startTrace('/events', sampledParent)!;
  trace.end(200, [4711]);
  await telemetry.shutdown();
  const [server, producer] = ['POST /events', 'send events'].map((name) => receiver.spans.find((span) => span.name === name));
  expect(server).toMatchObject({ kind: 2, traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' });
  expect(producer).toMatchObject({
    kind: 4,
    parentSpanId: server!.spanId,
    attributes: { 'messaging.message.id': '4711', 'messaging.operation.name': 'send' },
  });
  expect(trace.traceparent).toBe(`00-${producer!.traceId}-${producer!.spanId}-01`);
});

test('what became of an event of a sampled request is a record with the context of its span: ours to look at as WARN', async () => {
  await using receiver = await startOtlpReceiver();
  const telemetry = await start(receiver, 0);
  const trace = createIngestTelemetry(telemetry, Date.now).startTrace('/events', sampledParent)!;
  const event = { systemName: 'shop', objectId: 'order-7' };
  trace.settled(event, { kind: 'accepted', id: 4711, duplicate: false });
  trace.settled(event, { kind: 'refused', code: 'overloaded', message: 'full' });
  trace.settled(null, { kind: 'refused', code: 'invalid_json', message: 'no JSON' });
  await telemetry.shutdown();
  const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: trace.traceparent.split('-')[2] };
  const key = { 'faultline.system_name': 'shop', 'faultline.object_id': 'order-7' };
  const records = receiver.logs.filter(({ eventName }) => eventName?.startsWith('faultline.event.') === true);
  expect(records).toMatchObject([
    { ...span, severityText: 'INFO', attributes: { ...key, 'faultline.event.id': 4711 } },
    { ...span, severityText: 'WARN', attributes: { ...key, 'error.code': 'overloaded' } },
    { ...span, severityText: 'INFO', attributes: { 'error.code': 'invalid_json' } },
  ]);
});

test('an unsampled caller and a spent rate make no span', async () => {
  await using receiver = await startOtlpReceiver();
  const telemetry = await start(receiver, 0);
  const ingest = createIngestTelemetry(telemetry, Date.now);
  expect(ingest.startTrace('/events', undefined)).toBeNull();
  expect(ingest.startTrace('/events', unsampledParent)).toBeNull();
  expect(ingest.startTrace('/events', 'nonsense')).toBeNull();
  await telemetry.shutdown();
  expect(receiver.spans).toEqual([]);
});

test('what was sent, refused and flushed is counted, from zero', async () => {
  await using receiver = await startOtlpReceiver();
  const telemetry = await start(receiver, 0);
  const ingest = createIngestTelemetry(telemetry, Date.now, 'http', { of: (tenant) => tenant, all: () => ['default'] });
  const valueOf = (name: string, attributes: object = {}) =>
    receiver.points.findLast(
      (point) => point.name === name && Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
    );
  await vi.waitFor(() => expect(valueOf('faultline.ingest.refused', { 'error.code': 'overloaded' })).toMatchObject({ value: 0 }), {
    timeout: 20_000,
  });
  expect(valueOf('messaging.client.sent.messages')).toMatchObject({ value: 0 });
  ingest.sent('default');
  ingest.refused('overloaded', 'default');
  ingest.flushed(0.01, 7);
  ingest.requestEnded({ method: 'POST', route: '/events', status: 200, seconds: 0.01, tenant: 'default', error: null });
  ingest.requestEnded({ method: 'POST', route: '/events', status: 499, seconds: 5, tenant: 'default', error: 'answer_overdue' });
  await telemetry.shutdown();
  expect(valueOf('messaging.client.sent.messages')).toMatchObject({ value: 1, attributes: { 'messaging.operation.name': 'send' } });
  expect(valueOf('faultline.ingest.refused', { 'error.code': 'overloaded' })).toMatchObject({ value: 1 });
  expect(valueOf('faultline.ingest.flush.events')).toMatchObject({ count: 1 });
  expect(valueOf('http.server.request.duration', { 'http.response.status_code': 200 })).toMatchObject({ count: 1 });
  const overdue = { 'http.response.status_code': 499, 'error.type': 'answer_overdue' };
  expect(valueOf('http.server.request.duration', overdue)).toMatchObject({ count: 1 });
});

test('as many tenants as have labels stand at 0 under each code: none falls into the overflow of the metrics', async () => {
  await using receiver = await startOtlpReceiver();
  const tenants = Array.from({ length: 60 }, (_, index) => `tenant${index + 1}`);
  const telemetry = await start(receiver, 0, tenants.length);
  createIngestTelemetry(telemetry, Date.now, 'http', { of: (tenant) => tenant, all: () => tenants });
  await telemetry.shutdown();
  const refused = receiver.points.filter(({ name }) => name === 'faultline.ingest.refused');
  expect(refused.filter(({ attributes }) => 'otel.metric.overflow' in attributes)).toEqual([]);
  const of = { 'error.code': 'overloaded', 'faultline.tenant': 'tenant60' };
  expect(refused.find(({ attributes }) => Object.entries(of).every(([key, value]) => attributes[key] === value))).toMatchObject({
    value: 0,
  });
});
