// For tests: an OTLP/HTTP receiver in this process, which keeps what it got. Bodies are JSON, gzipped or not.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** What of OTLP's JSON is read here; int64 may be text or number. */
type Point = {
  readonly attributes?: readonly KeyValue[];
  readonly asDouble?: number;
  readonly asInt?: string | number;
  readonly count?: string | number;
  readonly explicitBounds?: readonly number[];
};
type Points = { readonly dataPoints: readonly Point[]; readonly aggregationTemporality?: number; readonly isMonotonic?: boolean };
type Metric = { readonly name: string; readonly unit: string; readonly sum?: Points; readonly gauge?: Points; readonly histogram?: Points };
type Link = { readonly traceId: string; readonly spanId: string; readonly attributes?: readonly KeyValue[] };
type Span = Pick<ReceivedSpan, 'name' | 'kind' | 'traceId' | 'spanId' | 'parentSpanId'> & {
  readonly attributes?: readonly KeyValue[];
  readonly links?: readonly Link[];
  readonly status?: { readonly code?: number };
};
type LogRecord = Pick<ReceivedLog, 'severityNumber' | 'severityText' | 'eventName' | 'traceId' | 'spanId'> & {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly attributes?: readonly KeyValue[];
};
type ResourceMetrics = { readonly resource: Resource; readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] };
type ResourceSpans = { readonly resource: Resource; readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] };
type ResourceLogs = { readonly resource: Resource; readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[] };
type Body = {
  readonly resourceMetrics?: readonly ResourceMetrics[];
  readonly resourceSpans?: readonly ResourceSpans[];
  readonly resourceLogs?: readonly ResourceLogs[];
};

type KeyValue = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type Resource = { readonly attributes: readonly KeyValue[] };

export type ReceivedPoint = {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly unit: string;
  readonly kind: 'sum' | 'gauge' | 'histogram';
  /** 2 is cumulative. */
  readonly temporality: number | undefined;
  readonly monotonic: boolean | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | undefined;
  readonly count: number | undefined;
  readonly bounds: readonly number[] | undefined;
};

export type ReceivedSpan = {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly status: number | undefined;
};

export type ReceivedLog = {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string | undefined;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
};

export type OtlpReceiver = AsyncDisposable & {
  /** Base URL, as OTEL_EXPORTER_OTLP_ENDPOINT wants it. */
  readonly url: string;
  /** Cuts every connection, open and new, until it is mended: the port stays its own, so that nobody else can take it meanwhile. */
  cut(): void;
  mend(): void;
  readonly points: ReceivedPoint[];
  readonly spans: ReceivedSpan[];
  readonly logs: ReceivedLog[];
};

/** `status` other than 200 refuses; 'hang' takes the request and never answers. */
export const startOtlpReceiver = async (options: { readonly status?: number | 'hang' } = {}): Promise<OtlpReceiver> => {
  const received = { points: [] as ReceivedPoint[], spans: [] as ReceivedSpan[], logs: [] as ReceivedLog[] };
  const status = options.status ?? 200;
  const server = createServer((request, response) => {
    if (status !== 'hang') void answer(request, response, status, received);
  });
  let isCut = false;
  server.on('connection', (socket) => void (isCut && socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cut: () => {
      isCut = true;
      server.closeAllConnections();
    },
    mend: () => void (isCut = false),
    ...received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

type Received = Pick<OtlpReceiver, 'points' | 'spans' | 'logs'>;

const answer = async (request: IncomingMessage, response: ServerResponse, status: number, received: Received) => {
  const raw = await buffer(request);
  const body: Body = JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString());
  if (status === 200) keep(request.url ?? '', body, received);
  response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
};

const keep = (path: string, body: Body, received: Received) => {
  if (path === '/v1/metrics') received.points.push(...(body.resourceMetrics ?? []).flatMap(pointsOf));
  if (path === '/v1/traces') received.spans.push(...(body.resourceSpans ?? []).flatMap(spansOf));
  if (path === '/v1/logs') received.logs.push(...(body.resourceLogs ?? []).flatMap(logsOf));
};

const attributesOf = (list: readonly KeyValue[] = []) => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

const pointsOf = ({ resource, scopeMetrics }: ResourceMetrics): ReceivedPoint[] =>
  scopeMetrics.flatMap(({ metrics }) => metrics.flatMap((metric) => pointsOfMetric(attributesOf(resource.attributes), metric)));

const pointsOfMetric = (resource: Record<string, unknown>, metric: Metric): ReceivedPoint[] => {
  const kind = (['sum', 'gauge', 'histogram'] as const).find((name) => name in metric) ?? 'gauge';
  const { dataPoints, aggregationTemporality, isMonotonic } = metric[kind] ?? { dataPoints: [] };
  return dataPoints.map((point) => ({
    resource,
    name: metric.name,
    unit: metric.unit,
    kind,
    temporality: aggregationTemporality,
    monotonic: isMonotonic,
    attributes: attributesOf(point.attributes),
    value: point.asDouble ?? (point.asInt === undefined ? undefined : Number(point.asInt)),
    count: point.count === undefined ? undefined : Number(point.count),
    bounds: point.explicitBounds,
  }));
};

const spansOf = ({ resource, scopeSpans }: ResourceSpans): ReceivedSpan[] =>
  scopeSpans.flatMap(({ spans }) =>
    spans.map((span) => ({
      resource: attributesOf(resource.attributes),
      name: span.name,
      kind: span.kind,
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      attributes: attributesOf(span.attributes),
      links: (span.links ?? []).map((link) => ({
        traceId: link.traceId,
        spanId: link.spanId,
        attributes: attributesOf(link.attributes),
      })),
      status: span.status?.code,
    })),
  );

const logsOf = ({ resource, scopeLogs }: ResourceLogs): ReceivedLog[] =>
  scopeLogs.flatMap(({ logRecords }) =>
    logRecords.map((record) => ({
      resource: attributesOf(resource.attributes),
      severityNumber: record.severityNumber,
      severityText: record.severityText,
      eventName: record.eventName,
      body: Object.values(record.body ?? {})[0],
      attributes: attributesOf(record.attributes),
      traceId: record.traceId,
      spanId: record.spanId,
    })),
  );
