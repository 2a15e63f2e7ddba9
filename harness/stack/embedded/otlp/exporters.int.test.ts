// What the real OpenTelemetry exporters send arrives, by protobuf and by JSON, gzip and plain.
import { context, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import * as sdkTrace from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSignalClient } from '../../../signals/create-signal-client.ts';
import type { SignalClient } from '../../../signals/client.ts';
import { endpointsAt } from '../../running-stack.ts';
import { startTestStack } from '../testing.ts';
import type { TestStack } from '../testing.ts';

let stack: TestStack;
let client: SignalClient;

beforeAll(async () => {
  stack = await startTestStack();
  client = createSignalClient({ endpoints: endpointsAt(stack.url), access: {} });
});

afterAll(async () => stack[Symbol.asyncDispose]());

const resourceOf = (service: string) =>
  resourceFromAttributes({ 'service.name': service, 'service.instance.id': `${service}-1`, 'faultline.run': 'r1' });

const soon = () => Date.now() / 1_000 + 5;
const before = () => Date.now() / 1_000 - 60;

const encodings = [
  { name: 'json', traces: JsonTraces, metrics: JsonMetrics, logs: JsonLogs },
  { name: 'proto', traces: ProtoTraces, metrics: ProtoMetrics, logs: ProtoLogs },
] as const;

for (const compression of ['none', 'gzip'] as const) {
  for (const { name, traces, metrics, logs } of encodings) {
    const service = `${name}-${compression}`;
    const options = (path: string) => ({ url: `${stack.url}${path}`, compression: compression as never });

    test(`spans with links, events and attributes arrive by ${service}`, async () => {
      const provider = new sdkTrace.TracerProvider({
        resource: resourceOf(service),
        spanProcessors: [new sdkTrace.SimpleSpanProcessor({ exporter: new traces(options('/v1/traces')) })],
      });
      const tracer = provider.getTracer('test', '1.0');
      const producer = tracer.startSpan(
        'send events',
        { kind: SpanKind.PRODUCER, attributes: { big: 2 ** 40, ratio: 0.5, on: true } },
        ROOT_CONTEXT,
      );
      const parent = trace.setSpan(context.active(), producer);
      const links = [{ context: producer.spanContext(), attributes: { 'messaging.message.id': '7' } }];
      const consumer = tracer.startSpan('process events', { kind: SpanKind.CONSUMER, links }, parent);
      consumer.addEvent('looked', { at: 1 });
      consumer.end();
      producer.end();
      await provider.forceFlush();
      await provider.shutdown();

      const spans = await client.trace(producer.spanContext().traceId);
      expect(
        spans.map(({ name, kind, service }) => `${name} ${kind} ${service}`).toSorted((left, right) => left.localeCompare(right)),
      ).toEqual([`process events consumer ${service}`, `send events producer ${service}`]);
      const [found, sent] = [spans.find(({ kind }) => kind === 'consumer'), spans.find(({ kind }) => kind === 'producer')];
      expect(sent).toMatchObject({ parentSpanId: null, attributes: { big: 2 ** 40, ratio: 0.5, on: true } });
      expect(found?.parentSpanId).toBe(sent?.spanId);
      expect(found?.links).toEqual([
        { traceId: sent?.traceId, spanId: producer.spanContext().spanId, attributes: { 'messaging.message.id': '7' } },
      ]);
      const query = `{ resource.service.name = "${service}" && link:spanID = "${sent?.spanId}" && event:name = "looked" }`;
      expect(await client.searchTraces(query, before(), soon())).toEqual([sent?.traceId]);
    });

    test(`metrics arrive under Prometheus' names by ${service}`, async () => {
      const reader = new PeriodicExportingMetricReader({ exporter: new metrics(options('/v1/metrics')), exportIntervalMillis: 60_000 });
      const provider = new MeterProvider({ resource: resourceOf(service), readers: [reader] });
      provider.getMeter('test').createCounter('faultline.test.sent', { unit: '{event}' }).add(5, { lane: 3 });
      await provider.forceFlush();
      await provider.shutdown();
      const series = await client.instant(`faultline_test_sent_total{job="${service}"}`, Date.now() / 1_000);
      expect(series.map(({ labels }) => labels)).toEqual([
        expect.objectContaining({ lane: '3', instance: `${service}-1`, faultline_run: 'r1', job: service }),
      ]);
      expect(series[0]?.samples[0]?.[1]).toBe(5);
    });

    test(`logs arrive as Loki keeps them by ${service}`, async () => {
      const provider = new LoggerProvider({
        resource: resourceOf(service),
        processors: [new SimpleLogRecordProcessor({ exporter: new logs(options('/v1/logs')) })],
      });
      const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED };
      provider.getLogger('scope').emit({
        severityNumber: 17,
        severityText: 'ERROR',
        body: 'it broke',
        eventName: 'faultline.test',
        attributes: { 'error.code': 'x' },
        context: trace.setSpanContext(ROOT_CONTEXT, spanContext),
      });
      await provider.forceFlush();
      await provider.shutdown();
      const [line] = await client.logs(
        `{service_name="${service}"} |= "broke" | severity_text="ERROR" | error_code="x"`,
        before(),
        soon(),
        10,
      );
      expect(line).toMatchObject({
        line: 'it broke',
        labels: {
          service_name: service,
          severity_number: '17',
          detected_level: 'error',
          trace_id: spanContext.traceId,
          span_id: spanContext.spanId,
          faultline_run: 'r1',
          scope_name: 'scope',
        },
      });
    });
  }
}
