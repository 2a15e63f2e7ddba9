import { afterEach, describe, expect, it, vi } from 'vitest';
import { signals } from '../contract/signals.ts';
import { collectPool, collectProcess } from './collectors.ts';
import { startTelemetry, type Telemetry } from './start-telemetry.ts';
import { type OtlpReceiver, startOtlpReceiver } from './testing.ts';
import { parseTraceparent } from './trace-context.ts';

const running: Telemetry[] = [];

const start = async (environment: Record<string, string>, options: { tracesPerSecond?: number } = {}) => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const telemetry = await startTelemetry({ process: 'ingest', instance: 'ingest-1-abcdef', environment, write, ...options });
  running.push(telemetry);
  return { telemetry, lines };
};

const exportTo = (url: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_METRIC_EXPORT_INTERVAL: '100',
  OTEL_BSP_SCHEDULE_DELAY: '20',
  OTEL_BLRP_SCHEDULE_DELAY: '20',
  OTEL_RESOURCE_ATTRIBUTES: 'faultline.run=run%201,faultline.scenario=steady,service.instance.id=copied',
});

const seen = <Found>(find: () => Found | undefined) =>
  vi.waitFor(
    () => {
      const found = find();
      if (found === undefined) throw new Error('not there yet');
      return found;
    },
    { timeout: 5000, interval: 10 },
  );

const lastPoint = (receiver: OtlpReceiver, name: string, attributes: object = {}) =>
  receiver.points.findLast(
    (point) => point.name === name && Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
  );

afterEach(async () => {
  await Promise.all(running.splice(0).map((telemetry) => telemetry.shutdown()));
});

describe('metrics over OTLP', () => {
  it('carry the catalogue name, the unit, cumulative temporality and the resource of the process', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start(exportTo(receiver.url));
    const refused = telemetry.instruments.counter(signals.ingestRefused);
    refused.add(2, { 'error.code': 'overloaded' });
    refused.add(3, { 'error.code': 'overloaded' });
    const point = await seen(() => lastPoint(receiver, 'faultline.ingest.refused'));
    expect(point).toMatchObject({ kind: 'sum', unit: '{event}', temporality: 2, monotonic: true, value: 5 });
    expect(point.attributes).toEqual({ 'error.code': 'overloaded' });
    expect(point.resource).toMatchObject({
      'service.name': 'faultline-ingest',
      'service.instance.id': 'ingest-1-abcdef',
      'service.version': expect.stringMatching(/^\d/),
      'faultline.run': 'run 1',
      'faultline.scenario': 'steady',
    });
  });

  it('show a counter at 0 for its known attribute sets before it has counted', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start(exportTo(receiver.url));
    telemetry.instruments.counter(signals.ingestRefused, [{ 'error.code': 'overloaded' }, { 'error.code': 'too_deep' }]);
    expect(await seen(() => lastPoint(receiver, 'faultline.ingest.refused', { 'error.code': 'too_deep' }))).toMatchObject({ value: 0 });
    expect(lastPoint(receiver, 'faultline.ingest.refused', { 'error.code': 'overloaded' })).toMatchObject({ value: 0 });
  });

  it('show a counter at 0 that began to count as soon as it was announced, however late it was made', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start({ ...exportTo(receiver.url), OTEL_METRIC_EXPORT_INTERVAL: '60000' });
    telemetry.instruments.counter(signals.ingestRefused, [{ 'error.code': 'overloaded' }]);
    // The export that comes by itself is over.
    await seen(() => lastPoint(receiver, 'faultline.ingest.refused'));
    const takeovers = telemetry.instruments.counter(signals.takeovers, [{ 'faultline.processor': 'events' }]);
    telemetry.announce();
    await new Promise((resolve) => setImmediate(resolve));
    takeovers.add(8, { 'faultline.processor': 'events' });
    expect(await seen(() => lastPoint(receiver, 'faultline.lease.takeovers'))).toMatchObject({ value: 0 });
  });

  it('keep growing over exports, because they are cumulative', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start(exportTo(receiver.url));
    const sent = telemetry.instruments.counter(signals.sentMessages);
    const attributes = { 'messaging.operation.name': 'send' };
    sent.add(1, attributes);
    await seen(() => (lastPoint(receiver, signals.sentMessages.name)?.value === 1 ? true : undefined));
    sent.add(1, attributes);
    const isTwo = await seen(() => (lastPoint(receiver, signals.sentMessages.name)?.value === 2 ? true : undefined));
    expect(isTwo).toBe(true);
  });

  it('say nothing more of what a gauge has no value of any more, and go on with counters that stand still', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start(exportTo(receiver.url));
    const ofTenant = { 'faultline.tenant': 'acme' };
    let limit: number | null = 5;
    telemetry.instruments.counter(signals.sentMessages).add(1, { 'messaging.operation.name': 'send' });
    telemetry.instruments.gauge(signals.tenantStorageLimit, () => (limit === null ? [] : [{ value: limit, attributes: ofTenant }]));
    telemetry.instruments.gauge(signals.storageSize, () => limit ?? NaN);
    expect(await seen(() => lastPoint(receiver, signals.tenantStorageLimit.name, ofTenant))).toMatchObject({ value: 5 });
    limit = null;
    // One that is on its way may yet have it.
    const counted = () => receiver.points.filter(({ name }) => name === signals.sentMessages.name).length;
    const before = counted();
    await seen(() => (counted() >= before + 2 ? true : undefined));
    receiver.points.splice(0);
    await seen(() => (counted() >= 3 ? true : undefined));
    const names = new Set(receiver.points.map(({ name }) => name));
    expect([names.has(signals.tenantStorageLimit.name), names.has(signals.storageSize.name)]).toEqual([false, false]);
    expect(lastPoint(receiver, signals.sentMessages.name)).toMatchObject({ value: 1, temporality: 2 });
  });

  it('bucket seconds and counts each by their own bounds', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start(exportTo(receiver.url));
    telemetry.instruments.histogram(signals.ingestFlushDuration).record(0.03);
    telemetry.instruments.histogram(signals.ingestFlushEvents).record(400);
    const duration = await seen(() => lastPoint(receiver, 'faultline.ingest.flush.duration'));
    const events = await seen(() => lastPoint(receiver, 'faultline.ingest.flush.events'));
    expect(duration).toMatchObject({ kind: 'histogram', temporality: 2, count: 1 });
    expect(duration.bounds).toContain(0.0075);
    expect(events.bounds).toContain(500);
  });

  it('measure the process and its pools at each export', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start(exportTo(receiver.url));
    using _process = collectProcess(telemetry.instruments);
    using _pool = collectPool(telemetry.instruments, 'query', { totalCount: 5, idleCount: 2, waitingCount: 7 });
    using _other = collectPool(telemetry.instruments, 'status', { totalCount: 1, idleCount: 1, waitingCount: 0 });
    const utilization = await seen(() => lastPoint(receiver, 'nodejs.eventloop.utilization'));
    expect(utilization.value).toBeGreaterThanOrEqual(0);
    expect(utilization.value).toBeLessThanOrEqual(1);
    expect(lastPoint(receiver, 'process.memory.usage')?.value).toBeGreaterThan(10_000_000);
    const ofQuery = { 'db.client.connection.pool.name': 'query' };
    expect(lastPoint(receiver, 'db.client.connection.pending_requests', ofQuery)).toMatchObject({ value: 7 });
    expect(lastPoint(receiver, 'db.client.connection.count', { ...ofQuery, 'db.client.connection.state': 'used' })).toMatchObject({
      value: 3,
    });
    expect(lastPoint(receiver, 'db.client.connection.pending_requests', { 'db.client.connection.pool.name': 'status' })).toMatchObject({
      value: 0,
    });
  });
});

describe('traces over OTLP', () => {
  it('lead from a marked request over a stored context to a consumer that links back', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start(exportTo(receiver.url), { tracesPerSecond: 0 });
    const spans = telemetry.tracer('faultline.test');
    const parent = parseTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    const server = spans.start('POST /events', { kind: 'server', parent, attributes: () => ({ 'http.route': '/events' }) });
    const producer = spans.start('send events', { kind: 'producer', parent: server.context });
    const stored = parseTraceparent(producer.traceparent);
    if (stored === null) throw new Error('a sampled span has a traceparent');
    const links = () => [{ context: stored, attributes: { 'messaging.message.id': '7' } }];
    const consumer = spans.start('process timelines', { kind: 'consumer', parent: stored, links });
    consumer.end(new Error('did not work'));
    producer.end();
    server.end();
    const received = await seen(() => (receiver.spans.length === 3 ? receiver.spans : undefined));
    const byName = Object.fromEntries(received.map((span) => [span.name, span]));
    expect(new Set(received.map(({ traceId }) => traceId))).toEqual(new Set(['0af7651916cd43dd8448eb211c80319c']));
    expect(byName['POST /events']).toMatchObject({ kind: 2, parentSpanId: 'b7ad6b7169203331', attributes: { 'http.route': '/events' } });
    expect(byName['send events']).toMatchObject({ kind: 4, parentSpanId: byName['POST /events']?.spanId });
    expect(byName['process timelines']).toMatchObject({
      kind: 5,
      parentSpanId: byName['send events']?.spanId,
      status: 2,
      attributes: { 'error.type': 'Error' },
      links: [{ spanId: byName['send events']?.spanId, attributes: { 'messaging.message.id': '7' } }],
    });
  });

  it('sample roots within the rate, and make nothing for the rest', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start(exportTo(receiver.url), { tracesPerSecond: 2 });
    const spans = telemetry.tracer('faultline.test');
    const attributes = vi.fn<() => object>(() => ({}));
    const started = Array.from({ length: 50 }, () =>
      spans.start('GET /events', { kind: 'server', attributes: () => ({ ...attributes() }) }),
    );
    for (const span of started) span.end();
    expect(started.filter(({ recording }) => recording)).toHaveLength(2);
    expect(attributes).toHaveBeenCalledTimes(2);
    expect(spans.start('child', { parent: started.at(-1)?.context }).recording).toBe(false);
    await seen(() => (receiver.spans.length === 2 ? true : undefined));
  });
});

describe('logs', () => {
  it('go to stdout and over OTLP as the same record, with severity, event name and trace context', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry, lines } = await start(exportTo(receiver.url));
    const span = parseTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    if (span === null) throw new Error('the traceparent is good');
    telemetry.logger.error('it broke', { 'error.code': 'internal', lane: 3 }, { eventName: 'faultline.test.broke', span });
    const record = await seen(() => receiver.logs.at(-1));
    expect(record).toMatchObject({
      severityNumber: 17,
      severityText: 'ERROR',
      eventName: 'faultline.test.broke',
      body: 'it broke',
      attributes: { 'error.code': 'internal', lane: 3 },
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      resource: { 'service.name': 'faultline-ingest' },
    });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      severity_number: 17,
      severity_text: 'ERROR',
      event_name: 'faultline.test.broke',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
    });
  });
});

describe('without a receiver', () => {
  it('exports nothing and makes no span where no endpoint is set', async () => {
    const { telemetry, lines } = await start({});
    telemetry.instruments.counter(signals.sentMessages).add(1);
    expect(telemetry.tracer('faultline.test').start('GET /events').recording).toBe(false);
    telemetry.logger.info('hello');
    await telemetry.shutdown();
    expect(lines).toHaveLength(1);
    expect(telemetry.exportFailures.counts).toEqual({ metrics: 0, traces: 0, logs: 0 });
  });

  it('exports nothing with OTEL_SDK_DISABLED, whatever else is set', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start({ ...exportTo(receiver.url), OTEL_SDK_DISABLED: 'true' });
    telemetry.instruments.counter(signals.sentMessages).add(1);
    telemetry.logger.info('hello');
    await telemetry.shutdown();
    expect([receiver.points, receiver.logs]).toEqual([[], []]);
  });

  it('counts failed exports, says so once, and catches up when the receiver is back', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry, lines } = await start(exportTo(receiver.url));
    const sent = telemetry.instruments.counter(signals.sentMessages);
    sent.add(1, { 'messaging.operation.name': 'send' });
    await seen(() => lastPoint(receiver, signals.sentMessages.name));
    receiver.cut();
    sent.add(41, { 'messaging.operation.name': 'send' });
    await seen(() => (telemetry.exportFailures.counts.metrics >= 3 ? true : undefined));
    expect(lines.filter((line) => line.includes('faultline.telemetry.export_failed'))).toHaveLength(1);
    const before = receiver.points.length;
    receiver.mend();
    await seen(() => (receiver.points.length > before ? true : undefined));
    expect(lastPoint(receiver, signals.sentMessages.name)).toMatchObject({ value: 42 });
    const failures = lastPoint(receiver, signals.telemetryExportFailures.name, { 'faultline.telemetry.signal': 'metrics' });
    expect(failures?.value).toBeGreaterThanOrEqual(3);
  });

  it.each([['is gone'], ['hangs']])('ends within its bound when the receiver %s', async (how) => {
    const receiver = await startOtlpReceiver({ status: 'hang' });
    if (how === 'is gone') await receiver[Symbol.asyncDispose]();
    const { telemetry } = await start({ ...exportTo(receiver.url), OTEL_METRIC_EXPORT_INTERVAL: '60000' });
    telemetry.instruments.counter(signals.sentMessages).add(1);
    telemetry.tracer('faultline.test').start('GET /events').end();
    telemetry.logger.info('bye');
    const startedAtMs = performance.now();
    await telemetry.shutdown();
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    if (how === 'hangs') await receiver[Symbol.asyncDispose]();
  });

  it('sends what is buffered before it ends', async () => {
    await using receiver = await startOtlpReceiver();
    const { telemetry } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    telemetry.instruments.counter(signals.sentMessages).add(3, { 'messaging.operation.name': 'send' });
    telemetry.tracer('faultline.test').start('GET /events').end();
    telemetry.logger.info('bye');
    await telemetry.shutdown();
    expect(lastPoint(receiver, signals.sentMessages.name)).toMatchObject({ value: 3 });
    expect([receiver.spans.length, receiver.logs.length]).toEqual([1, 1]);
  });
});
