// The OTLP messages as protobuf descriptors: the fields and numbers of opentelemetry-proto 1.x (https://github.com/open-telemetry/opentelemetry-proto,
// Copyright The OpenTelemetry Authors, Apache-2.0) that this receiver reads or writes, set down again as a table. Unknown fields are skipped, as protobuf wants it.
import protobuf from 'protobufjs';
import type { Type } from 'protobufjs';

/** `field: 'type number'`; `*` before the type is repeated, `?` is optional with presence, `|` is a member of the message's one oneof. */
type MessageTable = Readonly<Record<string, string>>;

const numberPoint = { attributes: '*KeyValue 7', startTimeUnixNano: 'fixed64 2', timeUnixNano: 'fixed64 3' };
const spread = { startTimeUnixNano: 'fixed64 2', timeUnixNano: 'fixed64 3', count: 'fixed64 4' };

const messages: Readonly<Record<string, MessageTable>> = {
  AnyValue: {
    stringValue: '|string 1',
    boolValue: '|bool 2',
    intValue: '|int64 3',
    doubleValue: '|double 4',
    arrayValue: '|ArrayValue 5',
    kvlistValue: '|KeyValueList 6',
    bytesValue: '|bytes 7',
  },
  ArrayValue: { values: '*AnyValue 1' },
  KeyValueList: { values: '*KeyValue 1' },
  KeyValue: { key: 'string 1', value: 'AnyValue 2' },
  InstrumentationScope: { name: 'string 1', version: 'string 2', attributes: '*KeyValue 3', droppedAttributesCount: 'uint32 4' },
  Resource: { attributes: '*KeyValue 1', droppedAttributesCount: 'uint32 2' },

  ExportTraceServiceRequest: { resourceSpans: '*ResourceSpans 1' },
  ResourceSpans: { resource: 'Resource 1', scopeSpans: '*ScopeSpans 2', schemaUrl: 'string 3' },
  ScopeSpans: { scope: 'InstrumentationScope 1', spans: '*Span 2', schemaUrl: 'string 3' },
  Span: {
    traceId: 'bytes 1',
    spanId: 'bytes 2',
    traceState: 'string 3',
    parentSpanId: 'bytes 4',
    name: 'string 5',
    kind: 'int32 6',
    startTimeUnixNano: 'fixed64 7',
    endTimeUnixNano: 'fixed64 8',
    attributes: '*KeyValue 9',
    droppedAttributesCount: 'uint32 10',
    events: '*Event 11',
    droppedEventsCount: 'uint32 12',
    links: '*Link 13',
    droppedLinksCount: 'uint32 14',
    status: 'Status 15',
    flags: 'fixed32 16',
  },
  Event: { timeUnixNano: 'fixed64 1', name: 'string 2', attributes: '*KeyValue 3', droppedAttributesCount: 'uint32 4' },
  Link: {
    traceId: 'bytes 1',
    spanId: 'bytes 2',
    traceState: 'string 3',
    attributes: '*KeyValue 4',
    droppedAttributesCount: 'uint32 5',
    flags: 'fixed32 6',
  },
  Status: { message: 'string 2', code: 'int32 3' },

  ExportLogsServiceRequest: { resourceLogs: '*ResourceLogs 1' },
  ResourceLogs: { resource: 'Resource 1', scopeLogs: '*ScopeLogs 2', schemaUrl: 'string 3' },
  ScopeLogs: { scope: 'InstrumentationScope 1', logRecords: '*LogRecord 2', schemaUrl: 'string 3' },
  LogRecord: {
    timeUnixNano: 'fixed64 1',
    severityNumber: 'int32 2',
    severityText: 'string 3',
    body: 'AnyValue 5',
    attributes: '*KeyValue 6',
    droppedAttributesCount: 'uint32 7',
    flags: 'fixed32 8',
    traceId: 'bytes 9',
    spanId: 'bytes 10',
    observedTimeUnixNano: 'fixed64 11',
    eventName: 'string 12',
  },

  ExportMetricsServiceRequest: { resourceMetrics: '*ResourceMetrics 1' },
  ResourceMetrics: { resource: 'Resource 1', scopeMetrics: '*ScopeMetrics 2', schemaUrl: 'string 3' },
  ScopeMetrics: { scope: 'InstrumentationScope 1', metrics: '*Metric 2', schemaUrl: 'string 3' },
  Metric: {
    name: 'string 1',
    description: 'string 2',
    unit: 'string 3',
    gauge: '|Gauge 5',
    sum: '|Sum 7',
    histogram: '|Histogram 9',
    exponentialHistogram: '|ExponentialHistogram 10',
    summary: '|Summary 11',
  },
  Gauge: { dataPoints: '*NumberDataPoint 1' },
  Sum: { dataPoints: '*NumberDataPoint 1', aggregationTemporality: 'int32 2', isMonotonic: 'bool 3' },
  Histogram: { dataPoints: '*HistogramDataPoint 1', aggregationTemporality: 'int32 2' },
  ExponentialHistogram: { dataPoints: '*ExponentialHistogramDataPoint 1', aggregationTemporality: 'int32 2' },
  Summary: { dataPoints: '*SummaryDataPoint 1' },
  NumberDataPoint: { ...numberPoint, asDouble: '|double 4', asInt: '|sfixed64 6', flags: 'uint32 8' },
  HistogramDataPoint: {
    ...spread,
    attributes: '*KeyValue 9',
    sum: '?double 5',
    bucketCounts: '*fixed64 6',
    explicitBounds: '*double 7',
    flags: 'uint32 10',
    min: '?double 11',
    max: '?double 12',
  },
  ExponentialHistogramDataPoint: {
    ...spread,
    attributes: '*KeyValue 1',
    sum: '?double 5',
    scale: 'sint32 6',
    zeroCount: 'fixed64 7',
    positive: 'Buckets 8',
    negative: 'Buckets 9',
    flags: 'uint32 10',
    min: '?double 12',
    max: '?double 13',
    zeroThreshold: 'double 14',
  },
  Buckets: { offset: 'sint32 1', bucketCounts: '*uint64 2' },
  SummaryDataPoint: { ...spread, attributes: '*KeyValue 7', sum: 'double 5', quantileValues: '*ValueAtQuantile 6', flags: 'uint32 8' },
  ValueAtQuantile: { quantile: 'double 1', value: 'double 2' },

  ExportTraceServiceResponse: { partialSuccess: 'TracePartialSuccess 1' },
  TracePartialSuccess: { rejectedSpans: 'int64 1', errorMessage: 'string 2' },
  ExportLogsServiceResponse: { partialSuccess: 'LogsPartialSuccess 1' },
  LogsPartialSuccess: { rejectedLogRecords: 'int64 1', errorMessage: 'string 2' },
  ExportMetricsServiceResponse: { partialSuccess: 'MetricsPartialSuccess 1' },
  MetricsPartialSuccess: { rejectedDataPoints: 'int64 1', errorMessage: 'string 2' },

  /** Tempo's own, for traces by id. */
  Trace: { resourceSpans: '*ResourceSpans 1' },
  TraceByIDResponse: { trace: 'Trace 1', metrics: 'TraceByIDMetrics 2' },
  TraceByIDMetrics: { inspectedBytes: 'uint64 1' },

  /** google.rpc.Status, without its details. */
  RpcStatus: { code: 'int32 1', message: 'string 2' },
};

type Field = { type: string; id: number; rule?: string; options?: Record<string, unknown> };

const fieldOf = (text: string): Field => {
  const match = /^([*?|]?)(\w+) (\d+)$/.exec(text);
  if (match === null) throw new Error(`not a field: ${text}`);
  const [, mark, type = '', id] = match;
  if (mark === '*') return { type, id: Number(id), rule: 'repeated' };
  return mark === '?' ? { type, id: Number(id), options: { proto3_optional: true } } : { type, id: Number(id) };
};

const messageOf = (table: MessageTable) => {
  const fields = Object.fromEntries(Object.entries(table).map(([name, text]) => [name, fieldOf(text)]));
  const members = Object.keys(table).filter((name) => table[name]?.startsWith('|'));
  const optional = Object.keys(table).filter((name) => table[name]?.startsWith('?'));
  const oneofs = {
    ...(members.length > 0 ? { value: { oneof: members } } : {}),
    ...Object.fromEntries(optional.map((name) => [`_${name}`, { oneof: [name] }])),
  };
  return Object.keys(oneofs).length > 0 ? { fields, oneofs } : { fields };
};

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(messages).map(([name, table]) => [name, messageOf(table)])),
});

/** The message's codec. Throws for a name that the table does not have: a programmer's error. */
export const messageType = (name: string): Type => root.lookupType(name);
